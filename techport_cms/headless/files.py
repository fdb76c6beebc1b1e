"""Images and documents: those of public collections."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.fields import SkipField
from wagtail.api.v2.serializers import BaseSerializer
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from techport_cms.core.delivery import current
from techport_cms.core.pictures import alt_texts, expect_pictures
from techport_cms.core.schemas import Schema, array, closed, nullable, ref
from techport_cms.core.visibility import public_documents, public_images

from .serializers import OfInstance, PublicSerializer
from .viewsets import DeliveryViewSet

FOCAL_POINT = nullable(closed({"x": {"type": "number"}, "y": {"type": "number"}}))
ADDED_META = ["alt_texts", "focal_point", "renditions"]


class ImageUrlField(OfInstance):
    schema = {"type": "string", "format": "uri"}

    def to_representation(self, image: Any) -> str | None:
        return current().absolute(image.file.url)


class DocumentUrlField(OfInstance):
    schema = {"type": "string", "format": "uri"}

    def to_representation(self, document: Any) -> str | None:
        return current().absolute(document.url)


class TagsField(OfInstance):
    schema = array({"type": "string"})
    shows_relation = True

    def to_representation(self, item: Any) -> list[str]:
        return sorted(tag.name for tag in item.tags.all())


class AltTextsField(OfInstance):
    """What the image shows, by language code."""

    schema = {"type": "object", "additionalProperties": {"type": "string"}}

    def to_representation(self, image: Any) -> dict[str, str]:
        return alt_texts(image)


class DeliveredField(OfInstance):
    """A member of the image as everything else shows it (see channel.py), where it has it."""

    may_be_missing = True

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self.schema = schema

    def get_attribute(self, image: Any) -> Any:
        shown = current().image(image) or {}
        if self.field_name not in shown:
            raise SkipField
        return shown[self.field_name]

    def to_representation(self, member: Any) -> Any:
        return member


class FileSerializer(PublicSerializer):
    tags = TagsField()


class ImageSerializer(FileSerializer):
    download_url = ImageUrlField()
    alt_texts = AltTextsField()
    focal_point = DeliveredField(FOCAL_POINT)
    renditions = DeliveredField({"type": "object", "additionalProperties": ref("Rendition")})


class DocumentSerializer(FileSerializer):
    download_url = DocumentUrlField()


class ImagesEndpoint(DeliveryViewSet, ImagesAPIViewSet):
    base_serializer_class: type[BaseSerializer] = ImageSerializer
    known_query_parameters = DeliveryViewSet.known_query_parameters
    meta_fields = [*ImagesAPIViewSet.meta_fields, *ADDED_META]
    listing_default_fields = [*ImagesAPIViewSet.listing_default_fields, *ADDED_META]
    nested_default_fields = [*ImagesAPIViewSet.nested_default_fields, *ADDED_META]
    surrogate_key = "image"

    def get_queryset(self) -> QuerySet:
        return public_images().order_by("id")

    @classmethod
    def announce(cls, objects: list[Any], serializer_class: Any) -> None:
        super().announce(objects, serializer_class)
        expect_pictures(objects)


class DocumentsEndpoint(DeliveryViewSet, DocumentsAPIViewSet):
    base_serializer_class: type[BaseSerializer] = DocumentSerializer
    known_query_parameters = DeliveryViewSet.known_query_parameters
    surrogate_key = "document"

    def get_queryset(self) -> QuerySet:
        return public_documents().order_by("id")
