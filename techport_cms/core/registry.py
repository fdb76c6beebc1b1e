"""What the rooms above tell each other through the ground floor.

A slice (or a host project) registers in its AppConfig.ready what the API may expose:

    from techport_cms.core.registry import categories, navigation, site_settings
    categories.register("faq.FaqCategory")
    navigation.register(my_navigation, my_schema, ["my_app.Menu"])  # (site, locale) -> {"main": [item, …], …}
    site_settings.register(my_settings, my_schema, ["my_app.Settings"])  # (site, locale) -> {"name": …, …}

(both are called with the language of `locale` active)

and, so that a change of it is told as a change of what it belongs to:

    parts.register("my_app.Caption", "image")    # "app_label.ModelName", name of its foreign key
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from wagtail.models import Locale, Site

from .schemas import Schema

Provider = Callable[[Site, Locale], dict[str, Any]]


class CategoryRegistry:
    """The snippet models that group content and are public: categories, sectors, topics."""

    def __init__(self) -> None:
        self._labels: list[str] = []

    def register(self, label: str) -> None:
        """Add a model by "app_label.ModelName". LookupError (when read) if there is none."""
        if label not in self._labels:
            self._labels.append(label)

    def __iter__(self) -> Iterator[type[Model]]:
        return (apps.get_model(label) for label in self._labels)


class ProviderRegistry:
    """Functions that answer for a site in a locale; what several know is merged, later ones win."""

    def __init__(self) -> None:
        self._providers: dict[Provider, Schema] = {}
        self.models: set[str] = set()  # a change of these is told as a change of what is answered

    def register(self, provider: Provider, schema: Schema, models: Iterable[str] = ()) -> None:
        """`schema` is the JSON Schema of the object that it answers; none of its members is required,
        since a site may have published nothing yet. `models` ("app_label.ModelName") hold it."""
        self._providers[provider] = schema
        self.models.update(models)

    def schemas(self) -> list[Schema]:
        return list(self._providers.values())

    def collect(self, site: Site, locale: Locale) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for provider in self._providers:
            merged.update(provider(site, locale))
        return merged


class PartRegistry:
    """Models whose rows are shown as a part of another object, and are saved apart from it."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def register(self, label: str, owner: str) -> None:
        """A row of the model `label` is a part of what its foreign key `owner` points to."""
        self._owners[label.lower()] = owner

    def key_of(self, model: type[Model]) -> str:
        """The name of the foreign key to what its rows are parts of; empty where they are none."""
        return self._owners.get(model._meta.label_lower, "")

    def owner_of(self, part: Model) -> Model | None:
        """What this is a part of; None where it is none."""
        name = self.key_of(type(part))
        return getattr(part, name) if name else None


categories = CategoryRegistry()
navigation = ProviderRegistry()
site_settings = ProviderRegistry()
parts = PartRegistry()
