"""Objects as Wagtail's API v2 has them, but never more of what they point to than is public."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch
from django.utils.translation import override
from rest_framework.fields import DateTimeField, Field, SkipField
from rest_framework.relations import ManyRelatedField
from wagtail import fields as wagtail_fields
from wagtail.api.utils import get_full_url
from wagtail.api.v2 import serializers as v2
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, TranslatableMixin

from techport_cms.core.delivery import current
from techport_cms.core.references import public_ancestors, public_itself, public_translations
from techport_cms.core.schemas import Schema, array, nullable, ref
from techport_cms.core.together import shared
from techport_cms.core.translation_state import StatusLoader
from techport_cms.core.visibility import is_public_file, is_public_snippet

from .blocks import block_json


class OfInstance(Field):
    """A field that is made of the whole object. `schema` is the JSON Schema of what comes out."""

    schema: Schema = {}
    may_be_missing = False
    shows_relation = False  # whether it shows what the relation of its name points to

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        return instance


class StreamField(v2.StreamField):
    def to_representation(self, value: Any) -> Any:
        return block_json(value.stream_block, value, self.context)


class RichTextField(v2.RichTextFieldSerializer):
    def to_representation(self, value: Any) -> Any:
        return current().rich_text(value)


class FileField(Field):
    schema = nullable({"type": "string", "format": "uri"})

    def to_representation(self, value: Any) -> Any:
        return current().absolute(value.url) if value else None


class PublicManyRelatedField(ManyRelatedField):
    def to_representation(self, iterable: Any) -> list[Any]:
        return [shown for shown in super().to_representation(iterable) if shown is not None]


class PublicRelatedField(v2.RelatedField):
    """What the object points to, or None where that is not public."""

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> ManyRelatedField:
        many = {"child_relation": cls(*args, **{**kwargs, "read_only": True})}
        return PublicManyRelatedField(**many, read_only=True, source=kwargs.get("source"))

    def to_representation(self, value: Model) -> Any:
        return super().to_representation(value) if is_visible(value) else None


def is_visible(value: Model) -> bool:
    if isinstance(value, Page):
        return public_itself(value.pk) is not None
    if isinstance(value, AbstractImage | AbstractDocument):
        return is_public_file(value)
    return is_public_snippet(value)


class DetailUrlField(v2.DetailUrlField):
    def get_attribute(self, instance: Model) -> str:
        url = detail_url(self.context, instance)
        if url is None:
            raise SkipField
        return url


def detail_url(context: dict[str, Any], instance: Model) -> str | None:
    """Where the API tells more of this object; None for what has no address there."""
    path = context["router"].get_object_detail_urlpath(type(instance), instance.pk)
    return get_full_url(context["request"], path) if path else None


def speaking(instance: Any) -> AbstractContextManager:
    """Within this context the active language is that of the object, where it has one."""
    if isinstance(instance, TranslatableMixin):
        return override(instance.locale.language_code)
    return nullcontext()


class PublicSerializer(v2.BaseSerializer):
    """What has a language speaks it: alternative texts, names of terms, links."""

    serializer_field_mapping = {
        **v2.BaseSerializer.serializer_field_mapping,
        wagtail_fields.StreamField: StreamField,
        wagtail_fields.RichTextField: RichTextField,
    }
    serializer_related_field = PublicRelatedField

    detail_url = DetailUrlField(read_only=True)

    def build_field(self, field_name: str, info: Any, model_class: type[Model], depth: int) -> Any:
        """`id` is the primary key, whatever the model calls it."""
        if field_name != "id" or "id" in info.fields_and_pk:
            return super().build_field(field_name, info, model_class, depth)
        field_class, arguments = super().build_field("pk", info, model_class, depth)
        return field_class, {**arguments, "source": "pk"}

    def to_representation(self, instance: Any) -> Any:
        with speaking(instance):
            return super().to_representation(instance)

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, arguments = super().build_standard_field(field_name, model_field)
        # Whatever the database holds comes out as it is; what to check is for who writes.
        return field_class, {**arguments, "read_only": True} if "read_only" not in arguments else arguments


class HtmlUrlField(OfInstance):
    schema = nullable({"type": "string", "format": "uri"})

    def to_representation(self, page: Page) -> str | None:
        try:
            return page.get_full_url(self.context["request"])
        except NoReverseMatch:
            return None


class AliasOfField(OfInstance):
    schema = nullable(ref("LinkedPage"))

    def to_representation(self, page: Page) -> dict | None:
        source = public_itself(page.alias_of_id) if page.alias_of_id else None
        return linked_page(self.context, source) if source else None


class ParentField(OfInstance):
    schema = nullable(ref("LinkedPage"))

    def to_representation(self, page: Page) -> dict | None:
        above = public_ancestors(page)
        direct = above and above[-1].depth == page.depth - 1
        return linked_page(self.context, above[-1]) if direct else None


class BreadcrumbsField(OfInstance):
    """The public pages above, the home page first: [{"id", "title", "html_url"}, …]"""

    schema = array(ref("Breadcrumb"))

    def to_representation(self, page: Page) -> list[dict]:
        request = self.context["request"]
        return [
            {"id": above.pk, "title": above.title, "html_url": above.get_full_url(request)}
            for above in public_ancestors(page)
        ]


class TranslationsField(OfInstance):
    """Each public sibling in another language: {"locale", "id", "detail_url", "html_url", "state"}"""

    schema = array(ref("Translation"))

    def to_representation(self, page: Page) -> list[dict]:
        siblings = public_translations([page])
        return [
            {
                "locale": code,
                "id": sibling.pk,
                "detail_url": detail_url(self.context, sibling),
                "html_url": sibling.get_full_url(self.context["request"]),
                "state": shared(StatusLoader).get(sibling).state,
            }
            for (_key, code), sibling in sorted(siblings.items(), key=lambda item: item[0][1])
            if sibling.pk != page.pk
        ]


class TranslationField(OfInstance):
    """{"state", "outdated_since"}"""

    schema = ref("TranslationStatus")

    def to_representation(self, page: Page) -> dict:
        status = shared(StatusLoader).get(page, self.context.get("fallback_for"))
        return {"state": status.state, "outdated_since": _moment(status.outdated_since)}


class PublicPageSerializer(PublicSerializer, v2.PageSerializer):
    type = v2.PageTypeField(read_only=True)  # which PublicSerializer has for other objects
    html_url = HtmlUrlField()
    alias_of = AliasOfField()
    parent = ParentField()
    breadcrumbs = BreadcrumbsField()
    translations = TranslationsField()
    translation = TranslationField()

    def to_representation(self, instance: Page) -> Any:
        self.context["page"] = instance
        return super().to_representation(instance)


def _moment(moment: datetime | None) -> str | None:
    """As everywhere in the API: with the time zone of the site."""
    return DateTimeField().to_representation(moment) if moment else None


def linked_page(context: dict[str, Any], page: Page) -> dict[str, Any]:
    """A page that is named in `meta`, as v2 has it."""
    return {
        "id": page.pk,
        "meta": {
            "type": page.specific_class._meta.label if page.specific_class else None,
            "detail_url": detail_url(context, page),
            "html_url": page.get_full_url(context["request"]),
        },
        "title": page.title,
    }
