"""Categories of a host project: any primary key, fields of any kind, and a document that is true of both."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from api_client import ROOT, ask, read
from django.core.files.base import ContentFile
from factories import ImageFactory, published_home
from host_models import LABEL, Quay, Region, host, host_tables  # noqa: F401 - fixtures
from jsonschema import FormatChecker
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from wagtail.models import Locale, Page

from techport_cms.changes.log import record
from techport_cms.changes.models import Change, Kind
from techport_cms.headless.openapi.document import builder
from techport_cms.webhooks.events import event_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("host")]

LONG = "k" * 200
KEYS = ("noord", "a/b", "007", "Zuid 1", "é?#%&+", "line\nfeed", LONG)


@pytest.fixture
def home(committed: Callable[[], Any]) -> Page:
    with committed():
        return published_home()


@pytest.fixture
def filled(home: Page, committed: Callable[[], Any]) -> Region:
    """Something in every field."""
    with committed():
        return make_region(home)


def make_region(home: Page) -> Region:
    quay = Quay.objects.create(code="a/b", name="Quay")
    dutch = Locale.objects.get(language_code="nl")
    region = Region(
        locale=dutch,
        name="North",
        kind="sea",
        founded=date(1900, 1, 2),
        opens_at=time(9, 30),
        checked_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        walk=timedelta(minutes=5),
        depth=Decimal("12.50"),
        share=0.5,
        people=3,
        is_open=False,
        external_id=uuid.uuid4(),
        extra={"any": ["thing", None, 1]},
        digest=b"\x00\xff",
        address="127.0.0.1",
        plan=ContentFile(b"x", "plan.txt"),
        intro="<p>Quiet</p>",
        above=Region.objects.create(name="Above", locale=dutch),
        quay=quay,
        page=home,
        picture=ImageFactory(file__width=4, file__height=4),
    )
    region.body = [("paragraph", "<p>Ships</p>"), ("quay", quay)]
    region.save()
    return region


@pytest.fixture
def empty(home: Page) -> Region:
    return Region.objects.create(name="South", locale=Locale.objects.get(language_code="nl"))


def document() -> Any:
    return json.loads(ask("openapi.json").content)


def errors(schema: dict[str, Any], answer: Any) -> list[str]:
    whole = {**schema, "components": document()["components"]}
    found = OAS31Validator(whole, format_checker=FormatChecker()).iter_errors(answer)
    return [f"{list(error.absolute_path)}: {error.message[:300]}" for error in found]


def test_the_document_is_valid_and_has_no_holes() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []
    assert builder().holes == []


@pytest.mark.parametrize("region", ["filled", "empty"])
def test_a_region_is_as_it_says(region: str, request: pytest.FixtureRequest) -> None:
    made: Region = request.getfixturevalue(region)
    answer = read(f"categories/{LABEL}.Region/{made.pk}/")
    assert answer["id"] == str(made.pk)
    assert errors({"$ref": "#/components/schemas/Region"}, answer) == []
    assert errors({"$ref": "#/components/schemas/AnyCategory"}, answer) == []
    listed = read("categories/", type=f"{LABEL}.Region")["items"]
    assert answer in listed


def test_what_may_be_null_is_said_so(empty: Region) -> None:
    members = document()["components"]["schemas"]["Region"]["properties"]
    answer = read(f"categories/{LABEL}.Region/{empty.pk}/")
    nulls = {name for name, value in answer.items() if value is None}
    assert nulls >= {"kind", "founded", "depth", "extra", "external_id", "above", "quay", "quay_id", "plan"}
    assert [name for name in nulls if errors(members[name], None)] == []
    assert errors(members["name"], None) != []
    assert members["id"] == {"type": "string", "format": "uuid"}
    assert errors(members["external_id"], "no uuid") != []


def test_the_keys_of_other_types_stay_as_they_were() -> None:
    members = document()["components"]["schemas"]["Topic"]["properties"]
    assert members["id"] == {"type": "integer"}
    assert members["meta"]["properties"]["translations"]["items"]["properties"]["id"] == {"type": "integer"}


def test_a_translation_has_its_own_key(filled: Region) -> None:
    english = Locale.objects.get(language_code="en")
    other = Region.objects.create(name="North", locale=english, translation_key=filled.translation_key)
    answer = read(f"categories/{LABEL}.Region/{filled.pk}/")
    (translation,) = answer["meta"]["translations"]
    assert translation["id"] == str(other.pk)
    assert read(translation["detail_url"].partition(ROOT)[2])["id"] == str(other.pk)
    assert errors({"$ref": "#/components/schemas/Region"}, answer) == []


@pytest.mark.parametrize("key", KEYS)
def test_any_text_is_a_key(home: Page, key: str) -> None:
    Quay.objects.create(code=key, name="Quay")
    (item,) = read("categories/", type=f"{LABEL}.Quay")["items"]
    assert (item["id"], item["name"]) == (key, "Quay")
    answer = ask(item["meta"]["detail_url"].partition("http://localhost")[2])
    assert (answer.status_code, answer.json()) == (200, item)
    assert len(answer.headers["Surrogate-Key"].split()) == 2, "spaces stand between keys"


@pytest.mark.parametrize(
    "path",
    [
        f"{LABEL}.Region/7/",
        f"{LABEL}.Region/{uuid.UUID(int=7)}/",
        f"{LABEL}.Quay/none/",
        f"{LABEL}.Quay/no%00ne/",
        f"{LABEL}.Quay//",
        "news.Topic/seven/",
        "news.Topic/-1/",
        "news.Topic/1_0/",
        f"news.Topic/{'9' * 5000}/",
    ],
)
def test_what_is_no_key_is_not_there(home: Page, path: str) -> None:
    assert ask(f"categories/{path}").status_code == 404


def test_the_change_feed_and_webhooks_tell_of_them(filled: Region, committed: Callable[[], Any]) -> None:
    quays = {key: Quay.objects.create(code=key, name="Quay") for key in KEYS if key != "a/b"}
    walked = everything()
    assert {key for type_, key in walked if type_ == f"{LABEL}.Quay"} == set(KEYS)
    assert (f"{LABEL}.Region", str(filled.pk)) in walked
    for item in walked.values():
        assert ask(item["object"]["detail_url"].partition("http://localhost")[2]).status_code == 200
        assert errors(feed_schema(), item) == []

    cursor = read("")["cursor"]
    with committed():
        record(Kind.SAVE, quays["007"], quays[LONG], filled)
        record(Kind.DELETE, quays["noord"])
        quays["noord"].delete()
    told = {item["object"]["id"]: item["kind"] for item in read("changes/", after=cursor)["items"]}
    assert told == {"007": "upsert", LONG: "upsert", str(filled.pk): "upsert", "noord": "delete"}
    names = {change.object_id: event_of(change) for change in Change.objects.order_by("-pk")[:4]}
    assert {key: event.payload["data"]["id"] for key, event in names.items() if event} == {
        key: key for key in names
    }


def test_a_row_from_before_the_keys_changed_is_passed_over(
    filled: Region, committed: Callable[[], Any]
) -> None:
    cursor = read("")["cursor"]
    with committed():
        record(Kind.SAVE, filled)
    change = Change.objects.order_by("-pk")[0]
    assert len(read("changes/", after=cursor)["items"]) == 1
    Change.objects.filter(pk=change.pk).update(object_id="7")
    change.refresh_from_db()
    assert read("changes/", after=cursor)["items"] == []
    assert event_of(change) is None


def everything() -> dict[tuple[str, Any], dict[str, Any]]:
    """The walk of the change feed, by type and id."""
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    query: dict[str, Any] = {"type": f"{LABEL}.Quay,{LABEL}.Region", "limit": 2}
    for _ in range(20):
        page = read("changes/", **query)
        found |= {(one["object"]["type"], one["object"]["id"]): one for one in page["items"]}
        query["after"] = page["next"]
        if not page["more"]:
            return found
    raise AssertionError("the walk does not end")


def feed_schema() -> dict[str, Any]:
    answer = document()["paths"]["/changes/"]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    return schema["properties"]["items"]["items"]
