from django.utils.html import escape
from wagtail import hooks
from wagtail.documents.models import AbstractDocument
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler

from techport_cms.core.expectations import DocumentLoader
from techport_cms.core.references import public_pages_by_id
from techport_cms.core.together import shared


class PublicPageLinkHandler(PageLinkHandler):
    """Links in rich text lead to public pages only, in the reader's language where they can.

    A link to anything else keeps its text and loses its address.
    """

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        ids = [int(attrs.get("id") or 0) for attrs in attrs_list]
        pages = public_pages_by_id(ids)
        urls = [page.url if (page := pages[id_]) else None for id_ in ids]
        return [f'<a href="{escape(url)}">' if url else "<a>" for url in urls]


class TogetherDocumentLinkHandler(DocumentLinkHandler):
    """Wagtail's own asks for the documents of each text; here those of the whole page come at once."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[AbstractDocument | None]:
        ids = [int(attrs.get("id") or 0) for attrs in attrs_list]
        documents = shared(DocumentLoader).get(ids)
        return [documents.get(id_) for id_ in ids]


@hooks.register("register_rich_text_features", order=10)
def register_links(features: FeatureRegistry) -> None:
    features.register_link_type(PublicPageLinkHandler)
    features.register_link_type(TogetherDocumentLinkHandler)
