"""What is in a restricted collection is on no page of the website, whatever points to it, and its documents
are sent to nobody who may not read them."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from factories import ArticlePageFactory, ImageFactory, NewsIndexPageFactory, published_home
from made_once import made_once
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Page

from techport_cms.content.models import ContentImage

pytestmark = pytest.mark.django_db

SHOWN = ("kiekje", "notulen", "Bijschrift", "Fotograaf")


@made_once
def collection() -> Collection:
    return Collection.get_first_root_node().add_child(name="Map").add_child(name="Binnen")


@made_once
def article(collection: Collection) -> Page:
    """An article that shows the image and leads to the document in every way."""
    image = ImageFactory(
        collection=collection, credit="Fotograaf", file__filename="kiekje.png", file__width=8, file__height=8
    )
    document = get_document_model().objects.create(
        title="De notulen", file=ContentFile(b"x", "notulen.txt"), collection=collection
    )
    link = f'<a linktype="document" id="{document.pk}">stuk</a>'
    embed = f'<embed embedtype="image" id="{image.pk}" alt="" format="left"/>'
    picture = {"image": image, "alt_text": "", "decorative": False, "caption": "Bijschrift"}
    body = [
        ("paragraph", f"<p>Tekst, {link}.</p>{embed}"),
        ("picture", picture),
        ("downloads", {"heading": "", "documents": [document]}),
    ]
    index = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    return ArticlePageFactory(parent=index, slug="artikel", hero_image=image, social_image=image, body=body)


@pytest.mark.parametrize("address", ["/nieuws/artikel/", "/nieuws/"])
def test_it_is_on_no_page(client: Client, article: Page, collection: Collection, address: str) -> None:
    public = client.get(address).text
    assert "kiekje" in public
    assert address == "/nieuws/" or all(word in public for word in SHOWN)
    above = Collection.objects.get(name="Map")
    CollectionViewRestriction.objects.create(collection=above, restriction_type="login")
    hidden = client.get(address).text
    assert not any(word in hidden for word in SHOWN)
    assert "<figure" not in hidden
    assert address == "/nieuws/" or "stuk" in hidden


def test_a_document_is_sent_where_it_is_asked_who_may_read_it(client: Client, collection: Collection) -> None:
    document = get_document_model().objects.create(
        title="De notulen", file=ContentFile(b"x", "notulen.txt"), collection=collection
    )
    assert client.get(document.url).status_code == 200
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert client.get(document.url).status_code == 302


@pytest.mark.parametrize("path", ["documents", "/documents", "./documents", "images/../documents"])
def test_no_document_is_sent_past_that_question(client: Client, path: str) -> None:
    document = get_document_model().objects.create(title="Stuk", file=ContentFile(b"x", "stuk.txt"))
    assert client.get(f"/media/{path}/{Path(document.file.name).name}").status_code == 404


def test_a_picture_is_sent_as_it_is(client: Client, image: ContentImage) -> None:
    assert client.get(image.file.url).status_code == 200
