"""Publishing one page over the admin: how many queries, here and in a stock project.

Run as a script (by its path: `stock` has no package of ours) it prints the number as JSON. The page
is changed in one field and published by the form of the page editor, as somebody presses the button.
"""

import json
import subprocess
import sys
from pathlib import Path

MORE = 15  # queries


def rows(small: str, big: str):
    """`small` and `big` are addresses of databases with the demo content."""
    from .report import Row
    from .setup import measured
    from .stock import environment, stock_project

    ours = {url: measured("publish", DATABASE_URL=url)["queries"] for url in (small, big)}
    with stock_project() as directory:
        line = [sys.executable, str(Path(__file__).resolve()), "stock"]
        done = subprocess.run(
            line, cwd=directory, env=environment(directory), check=True, stdout=subprocess.PIPE, text=True
        )
    stock = json.loads(done.stdout.splitlines()[-1])["queries"]
    detail = f"{ours[small]} queries, stock Wagtail {stock}"
    yield Row(
        "publish a page over the admin, more queries than stock", ours[small] - stock, MORE, detail=detail
    )
    grown = abs(ours[big] - ours[small])
    yield Row("the same at 10,000 pages, difference", grown, 0, detail=f"{ours[big]} queries")


def main(page_type: str) -> None:
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
    print(json.dumps({"queries": len(queries)}))


if __name__ == "__main__":
    if sys.argv[1:] == ["stock"]:
        sys.path[0] = str(Path.cwd())  # the project's `stock`, not the module of that name beside this one
        import django

        django.setup()
        main("homepage")
    else:
        from benchmarks.setup import configure

        configure()
        main("standardpage")
