from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.documents.models import AbstractDocument
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.images.models import AbstractImage
from wagtail.images.rich_text import ImageEmbedHandler
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from techport_cms.core.expectations import DocumentLoader, F, FileLoader, ImageLoader
from techport_cms.core.references import public_urls
from techport_cms.core.together import shared
from techport_cms.core.visibility import is_public_file


class PublicPageLinkHandler(PageLinkHandler):
    """Links in rich text lead to public pages only, in the reader's language where they can.

    A link to anything else keeps its text and loses its address.
    """

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        ids = [int(attrs.get("id") or 0) for attrs in attrs_list]
        urls = public_urls(ids)
        return [f'<a href="{escape(url)}">' if (url := urls[id_]) else "<a>" for id_ in ids]


class PublicDocumentLinkHandler(DocumentLinkHandler):
    """The same for documents. Wagtail's own asks for those of each text; here those of the whole page
    come at once."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[AbstractDocument | None]:
        return _public_files(shared(DocumentLoader), attrs_list)


class PublicImageEmbedHandler(ImageEmbedHandler):
    """The same for images; of one that nobody may see, nothing is left."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        shown = _public_files(shared(ImageLoader), attrs_list)
        tags = super().expand_db_attributes_many(attrs_list)
        return [tag if image else "" for tag, image in zip(tags, shown, strict=True)]

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[AbstractImage | None]:
        return _public_files(shared(ImageLoader), attrs_list)


def _public_files(loader: FileLoader[F], attrs_list: list[dict]) -> list[F | None]:
    ids = [int(attrs.get("id") or 0) for attrs in attrs_list]
    files = loader.get(ids)
    return [file if (file := files.get(id_)) and is_public_file(file) else None for id_ in ids]


@hooks.register("register_rich_text_features", order=10)
def register_links(features: FeatureRegistry) -> None:
    features.register_link_type(PublicPageLinkHandler)
    features.register_link_type(PublicDocumentLinkHandler)
    features.register_embed_type(PublicImageEmbedHandler)


@hooks.register("insert_editor_js")
def what_is_typed_while_wagtail_saves() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("techport_content/js/autosave.js"))
