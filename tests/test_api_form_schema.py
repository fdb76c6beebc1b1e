"""Forms through the API: described as JSON Schema."""

from typing import Any

import pytest
from django.test import Client
from factories import make_private
from form_pages import EVERY_TYPE, FROM_HERE, TYPED, every, join, join_page, opened, problem, send, url  # noqa: F401 - two are fixtures
from openapi_schema_validator import OAS31Validator
from wagtail.contrib.forms.models import FormSubmission
from wagtail.models import PageViewRestriction

from home.models import JoinPage
from techport_cms.headless.form_schema import FORM

pytestmark = pytest.mark.django_db


def is_described(schema: dict[str, Any]) -> bool:
    """By the OpenAPI document."""
    return OAS31Validator(FORM).is_valid(schema)


class TestSchema:
    def test_every_type(self, every: JoinPage) -> None:
        answer = Client().get(url(every))
        schema = answer.json()
        assert is_described(schema)
        assert answer["Content-Language"] == "nl"
        assert answer["Cache-Control"] == "private, no-store"
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"http://testserver{url(every)}"
        assert (schema["title"], schema["description"]) == ("Word partner", "Meld je aan.")
        assert schema["required"] == [*EVERY_TYPE, "guard-opened"]
        assert schema["additionalProperties"] is False
        assert list(schema["properties"]) == [*EVERY_TYPE, "guard-opened", "guard-website"]
        about = {
            name: {key: value for key, value in field.items() if key not in ("title", "description")}
            for name, field in schema["properties"].items()
            if not name.startswith("guard")
        }
        choices = {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "uniqueItems": True}
        assert about == {
            "singleline": {"type": "string", "minLength": 1, "maxLength": 255, "x-input": "text"},
            "multiline": {"type": "string", "minLength": 1, "maxLength": 5000, "x-input": "textarea"},
            "email": {"type": "string", "format": "email", "maxLength": 320, "x-input": "email"},
            "number": {"type": "number", "x-input": "number"},
            "url": {"type": "string", "format": "uri", "x-input": "url"},
            "checkbox": {"type": "boolean", "const": True, "x-input": "checkbox"},
            "checkboxes": {**choices, "minItems": 1, "x-input": "checkboxes"},
            "dropdown": {"type": "string", "enum": ["a", "b"], "x-input": "select"},
            "multiselect": {**choices, "minItems": 1, "x-input": "multiselect"},
            "radio": {"type": "string", "enum": ["a", "b"], "x-input": "radio"},
            "date": {"type": "string", "format": "date", "x-input": "date"},
            "datetime": {"type": "string", "format": "date-time", "x-input": "datetime"},
            "hidden": {"type": "string", "minLength": 1, "default": "campaign", "x-input": "hidden"},
            "phone": {"type": "string", "minLength": 1, "x-input": "tel"},
        }
        assert schema["properties"]["singleline"]["title"] == "singleline"
        assert schema["properties"]["singleline"]["description"] == "<b> & singleline"
        assert schema["properties"]["guard-website"]["maxLength"] == 0

    def test_what_is_not_required(self, join: JoinPage) -> None:
        schema = Client().get(url(join)).json()
        assert is_described(schema)
        assert schema["required"] == ["name", "email", "message", "guard-opened"]
        assert schema["properties"]["name"]["x-autocomplete"] == "name"

    def test_what_the_schema_describes_is_accepted(self, every: JoinPage) -> None:
        values = {
            "singleline": "x",
            "multiline": "een\ntwee",
            "email": "a@example.org",
            "number": 2.5,
            "url": "https://example.org/",
            "checkbox": True,
            "checkboxes": ["a", "b"],
            "dropdown": "b",
            "multiselect": ["a"],
            "radio": "a",
            "date": "2026-05-31",
            "datetime": "2026-05-31T12:00:00+02:00",
            "hidden": "campaign",
            "phone": "+31 251 123456",
        }
        answer = send(every, body={**values, "guard-opened": opened(every)})
        assert answer.status_code == 201, answer.content
        kept = FormSubmission.objects.get().form_data
        assert kept["checkboxes"] == ["a", "b"] and kept["number"] == "2.5" and kept["date"] == "2026-05-31"

    @pytest.mark.parametrize("pk", ["0", "999999", "9" * 30, "9" * 5000, "abc", "-1"])
    def test_unknown(self, join: JoinPage, pk: str) -> None:
        assert problem(Client().get(f"/api/v2/forms/{pk}/"), 404)

    def test_only_where_there_is_a_form_that_visitors_see(self, join: JoinPage) -> None:
        assert problem(Client().get(url(join.get_parent())), 404)
        PageViewRestriction.objects.all().delete()
        make_private(join)
        assert problem(Client().get(url(join)), 404)
        assert problem(send(join), 404)
        PageViewRestriction.objects.all().delete()
        join.unpublish()
        assert problem(Client().get(url(join)), 404)
        assert problem(send(join), 404)
