"""A page with a form, and who fills it in through the API."""

import time
from typing import Any

import pytest
from django.core.signing import TimestampSigner, b62_encode
from django.test import Client
from factories import add_page, published_home
from made_once import made_once
from wagtail.models import Page

from home.models import JoinFormField, JoinPage

FROM_HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
TYPED = {"name": "Ada", "email": "ada@example.com", "message": "Wij doen mee."}
EVERY_TYPE = [
    *("singleline", "multiline", "email", "number", "url", "checkbox", "checkboxes", "dropdown"),
    *("multiselect", "radio", "date", "datetime", "hidden", "phone"),
]


def join_page(fields: list[JoinFormField]) -> JoinPage:
    page = JoinPage(
        title="Word partner",
        slug="word-partner",
        search_description="Meld je aan.",
        purpose_notice="Alleen om contact op te nemen.",
        to_address="office@example.com",
        form_fields=fields,
    )
    return add_page(published_home(), page)


@made_once
def join() -> JoinPage:
    return join_page(
        [
            JoinFormField(label="Name", field_type="singleline", autocomplete="name", sort_order=0),
            JoinFormField(
                label="Email", field_type="email", error_message="Vul een e-mailadres in.", sort_order=1
            ),
            JoinFormField(label="Message", field_type="multiline", sort_order=2),
            JoinFormField(label="Age", field_type="number", required=False, sort_order=3),
        ]
    )


@pytest.fixture
def every() -> JoinPage:
    fields = [
        JoinFormField(
            label=kind, field_type=kind, choices="a\nb", help_text=f"<b> & {kind}", sort_order=number
        )
        for number, kind in enumerate(EVERY_TYPE)
    ]
    fields[-2].default_value = "campaign"
    return join_page(fields)


def url(page: Page) -> str:
    return f"/api/v2/forms/{page.pk}/"


def opened(page: Page, seconds_ago: float = 10) -> str:
    signer = TimestampSigner(salt=f"techport_core.public_forms:page-{page.pk}")
    signer.timestamp = lambda: b62_encode(int(time.time() - seconds_ago))  # type: ignore[method-assign]
    return signer.sign("opened")


def send(page: Page, headers: dict[str, str] | None = None, body: Any = None, **fields: Any) -> Any:
    data = {**TYPED, "guard-opened": opened(page), **fields} if body is None else body
    return Client(enforce_csrf_checks=True).post(
        url(page), data, content_type="application/json", headers=FROM_HERE if headers is None else headers
    )


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert "no-store" in answer["Cache-Control"]
    return answer.json()
