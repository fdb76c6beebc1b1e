"""Publishing one page over the admin: how many queries, here and in a stock project.

The stock project publishes two pages: one with the fields of ours, and the empty home page that
`wagtail start` makes. Its database is of the same kind.

Run as a script (by its path: `stock` has no package of ours) it prints the numbers as JSON. The page
is changed in its title and its body and published by the form of the page editor, as somebody
presses the button.
"""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

MORE = 15  # queries
LIKE_OURS = """
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import RichTextBlock
from wagtail.fields import StreamField
from wagtail.search import index


class StandardPage(Page):
    social_image = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    introduction = models.TextField(blank=True)
    image = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = StreamField([("paragraph", RichTextBlock())], blank=True)

    content_panels = [
        *Page.content_panels, FieldPanel("introduction"), FieldPanel("image"), FieldPanel("body")
    ]
    promote_panels = [*Page.promote_panels, FieldPanel("social_image")]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]
"""


def rows(small: str, big: str):
    """`small` and `big` are addresses of databases with the demo content."""
    from .databases import empty_beside
    from .report import Row
    from .setup import measured

    ours = {url: measured("publish", DATABASE_URL=url)["queries"] for url in (small, big)}
    stock = in_stock(empty_beside(small))
    for name, page in (("stock", "standardpage"), ("stock with an empty page", "homepage")):
        detail = f"{ours[small]} queries, stock Wagtail {stock[page]}"
        more = ours[small] - stock[page]
        yield Row(f"publish a page over the admin, more queries than {name}", more, MORE, detail=detail)
    grown = abs(ours[big] - ours[small])
    yield Row("the same at 10,000 pages, difference", grown, 0, detail=f"{ours[big]} queries")


def in_stock(database: str) -> dict[str, int]:
    from .stock import environment, stock_project

    with stock_project(LIKE_OURS, database) as directory:
        line = [sys.executable, str(Path(__file__).resolve()), "stock"]
        env = environment(directory, database)
        done = subprocess.run(line, cwd=directory, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def publish_one_like_ours() -> None:
    import PIL.Image
    from django.core.files.base import ContentFile
    from wagtail.images import get_image_model

    from home.models import HomePage, StandardPage

    data = BytesIO()
    PIL.Image.new("RGB", (8, 8)).save(data, "png")
    file = ContentFile(data.getvalue(), "image.png")
    image = get_image_model().objects.create(title="Image", file=file)
    fields = {"introduction": "Introduction", "body": [("paragraph", "<p>Text</p>")]}
    page = StandardPage(title="Page", image=image, **fields)
    HomePage.objects.get().add_child(instance=page).save_revision().publish()


def queries_to_publish(page_type: str) -> int:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse
    from wagtail.models import Page
    from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

    users = get_user_model().objects
    user = users.filter(is_superuser=True).first() or users.create_superuser("measure", "m@example.com", "x")
    client = Client(headers={"host": "localhost", "origin": "http://localhost"})
    client.force_login(user)
    page = Page.objects.filter(content_type__model=page_type, live=True).order_by("pk").first()
    before = page.specific.save_revision()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for number in range(2):  # the first fills caches of the process
        form = querydict_from_html(client.get(url).content.decode(), form_id="page-edit-form")
        form["title"] = f"{form['title']} {number}"
        form["action-publish"] = "action-publish"
        if hasattr(page.specific, "body"):  # the editor's scripts write its part of the form
            body = [("paragraph", rich_text(f"<p>Number {number}</p>"))]
            form.update(nested_form_data({"body": streamfield(body)}))
        with CaptureQueriesContext(connection) as queries:
            response = client.post(url, form)
        if response.status_code != 302:
            sys.exit(f"{url} answers {response.status_code} to a publication.")
    before.publish()  # the database stays for the next run, which measures this page too
    return len(queries)


if __name__ == "__main__":
    if sys.argv[1:] == ["stock"]:
        sys.path[0] = str(Path.cwd())  # the project's `stock`, not the module of that name beside this one
        import django

        django.setup()
        publish_one_like_ours()
        print(json.dumps({name: queries_to_publish(name) for name in ("standardpage", "homepage")}))
    else:
        from benchmarks.setup import configure

        configure()
        print(json.dumps({"queries": queries_to_publish("standardpage")}))
