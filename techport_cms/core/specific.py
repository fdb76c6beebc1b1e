from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from django.utils.functional import SimpleLazyObject
from wagtail.fields import StreamField
from wagtail.models import Page, PageQuerySet

from .prepared import padded, parameters, prepared


def specific_pages(pages: Iterable[Page], with_streams: bool = True) -> list[Page]:
    """These pages as their own types, in this order, with the relations in `shown_relations`.

    One query for any mixture of types, where Wagtail's `specific()` takes one for each.
    """
    in_order = list(pages)
    if not in_order:
        return []
    models = frozenset(page.specific_class for page in in_order if _from_page(page.specific_class))
    keys = padded(page.pk for page in in_order)
    found = prepared(_of_these_types, models, with_streams, len(keys))(*keys)
    rows = {row.pk: row for row in found}
    return [_own_type(rows[page.pk], page.specific_class) for page in in_order if page.pk in rows]


class Listed(SimpleLazyObject):
    """A page of a list, which is loaded with all others of it when more than its key is asked for."""

    def __init__(self, pk: int, load: Callable[[], Page]) -> None:
        super().__init__(load)
        self.__dict__["pk"] = pk

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> int:
        # A template asks for an item first; what it does after that would load the page.
        if name == "pk":
            return self.__dict__["pk"]
        raise TypeError("A page has attributes only.")


def listed(
    model: type[Page],
    keys: Iterable[int],
    relations: tuple[str, ...] = (),
    with_streams: bool = False,
    then: Callable[[Iterable[Page]], None] = lambda pages: None,
) -> list[Any]:
    """The pages of this type with these primary keys, in this order, for templates that keep what
    they show of them (`{% keep %}`). One query, or none; `then` is told what was loaded."""
    in_order = list(keys)
    loaded: dict[int, Page] = {}

    def load(key: int) -> Page:
        if not loaded:
            values = padded(in_order)
            shape: Any = (model, relations, with_streams, len(values))
            found = prepared(_of_this_type, *shape)(*values)
            loaded.update((page.pk, page) for page in found)
            then(loaded.values())
        return loaded.get(key) or model()  # deleted since: whoever asks next gets another list

    return [Listed(key, partial(load, key)) for key in in_order]


def _of_this_type(
    model: type[Page], relations: tuple[str, ...], with_streams: bool, number: int
) -> PageQuerySet:
    pages = model._default_manager.filter(id__in=parameters(number, Page._meta.pk))
    pages = pages.select_related(*relations)
    return pages if with_streams else pages.defer_streamfields()


def _of_these_types(models: Iterable[Any], with_streams: bool, number: int) -> PageQuerySet:
    found = Page.objects.filter(id__in=parameters(number, Page._meta.pk))
    for model in models:
        name = _from_page(model)
        relations = getattr(model, "shown_relations", ())
        found = found.select_related(name, *(f"{name}__{relation}" for relation in relations))
        if not with_streams:
            streams = (field.name for field in model._meta.fields if isinstance(field, StreamField))
            found = found.defer(*(f"{name}__{stream}" for stream in streams))
    return found


@cache
def _from_page(model: Any) -> str:
    """The way to this model from Page, along the links from parent to child: "articlepage".

    Empty for Page itself, and where a project has hidden a link (`related_name="+"`).
    """
    if model is None:
        return ""
    steps = [model, *model._meta.get_base_chain(Page)][:-1]
    above = [*steps[1:], Page]
    links: list[Any] = [
        step._meta.parents[parent].remote_field for step, parent in zip(steps, above, strict=False)
    ]
    if any(link.hidden for link in links):
        return ""
    return "__".join(link.get_accessor_name() for link in reversed(links))


def _own_type(row: Page, model: Any) -> Page:
    way = _from_page(model)
    if not way:
        return row.specific
    for step in way.split("__"):
        row = getattr(row, step)
    return row
