"""The OpenAPI document: valid, without untyped holes, true of every answer, and good for a typed client."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from demo_site import DemoSite
from django.contrib.auth.models import User
from django.test import Client
from factories import published_home
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from typescript_packages import OPTIONS, run

from techport_cms.headless.drafts import share
from techport_cms.headless.openapi.document import builder

GOLDEN = Path(__file__).parent / "golden" / "openapi.json"
TYPELESS = {"$ref", "anyOf", "oneOf", "allOf", "not", "enum", "const"}


@pytest.fixture
def document(db: None, client: Client) -> dict[str, Any]:
    return json.loads(client.get("/api/v2/openapi.json").content)


def test_it_is_valid(document) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document["openapi"].startswith("3.1")


def test_there_is_no_untyped_hole(document) -> None:
    assert builder().holes == []
    assert [where for where, schema in schemas(document) if not is_typed(schema)] == []


def test_every_operation_tells_its_errors(document) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            errors = {status for status in operation["responses"] if int(status) >= 400}
            assert {"400", "401", "429"} <= errors, f"{method} {path}"
            assert ("412" in errors) == ("304" in operation["responses"]), f"{method} {path}"
            for status in errors:
                content = operation["responses"][status]["content"]
                assert content["application/problem+json"]["schema"]["$ref"].endswith("/Problem")


def test_who_needs_a_token_is_told(document) -> None:
    assert document["security"] == [{}, {"token": []}], "nobody needs one, and everybody may show one"
    operations = [(path, one) for path, methods in document["paths"].items() for one in methods.values()]
    own = {path: one["security"] for path, one in operations if "security" in one}
    assert own == {"/preview/{page_id}/": [{"token": []}]}


def test_the_type_of_a_page_tells_its_schema(document) -> None:
    """OpenAPI's discriminator cannot reach it: it is a member of `meta`."""
    for union in ("AnyPage", "AnyPageItem"):
        names = [one["$ref"].rpartition("/")[2] for one in document["components"]["schemas"][union]["anyOf"]]
        metas = [document["components"]["schemas"][name]["properties"]["meta"] for name in names]
        assert len({meta["properties"]["type"]["const"] for meta in metas}) == len(names) > 5
        assert all("type" in meta["required"] for meta in metas)


def test_a_draft_is_as_it_says(document, client: Client) -> None:
    home = published_home()
    home.title = "Concept"
    home.save_revision()
    token = share(User.objects.create_superuser("chief"), home).token
    answer = client.get(f"/api/v2/preview/{token}/").json()
    assert answer["title"] == "Concept"
    for path in ("/preview/{token}/", "/preview/{page_id}/"):
        content = document["paths"][path]["get"]["responses"]["200"]["content"]
        assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/AnyPage"}
    conforms(document, "AnyPage", answer)


def test_the_contract_is_pinned(document) -> None:
    document["servers"] = [{"url": "http://site/api/v2"}]
    shown = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(shown)
    assert shown == GOLDEN.read_text(), "the contract has changed; UPDATE_GOLDEN=1 accepts it"


def test_it_can_be_read_in_a_browser(db: None, client: Client) -> None:
    answer = client.get("/api/v2/docs/")
    assert answer["Content-Type"].startswith("text/html")
    assert b"get_pages" in answer.content or b"list_pages" in answer.content


@pytest.mark.browser  # of the slow ones that need the running demo site
@pytest.mark.parametrize("rich_text_format", ["html", "ast"])
def test_every_answer_of_the_demo_site_is_as_it_says(demo_site: DemoSite, rich_text_format: str) -> None:
    document = fetch(demo_site, "openapi.json")
    wanted = f"renditions=logo&rich_text_format={rich_text_format}"
    for name, listed, one in (
        ("pages", "PageList", None),
        ("images", "ImageList", "ImageDetail"),
        ("documents", "DocumentList", "DocumentDetail"),
    ):
        found = fetch(demo_site, f"{name}/?limit=100")
        conforms(document, listed, found)
        for item in found["items"]:
            component = one or item["meta"]["type"].partition(".")[2]
            conforms(document, component, fetch(demo_site, f"{name}/{item['id']}/?{wanted}"))


@pytest.mark.browser
def test_a_typed_client_compiles_and_reads_the_site(demo_site: DemoSite, typescript: Path) -> None:
    (typescript / "openapi.json").write_text(json.dumps(fetch(demo_site, "openapi.json")))
    run(typescript, "npx", "openapi-typescript", "openapi.json", "--output", "api.d.ts")
    run(typescript, "npx", "tsc", "--strict", *OPTIONS, "client.ts")
    assert run(typescript, "node", "client.js", f"{demo_site.url}/api/v2") == "9 questions\n"


def fetch(site: DemoSite, path: str) -> Any:
    with site.get(f"/api/v2/{path}") as answer:
        return json.load(answer)


def conforms(document: dict[str, Any], component: str, answer: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{component}", "components": document["components"]}
    errors = [
        f"{list(error.absolute_path)}: {error.message}"
        for error in OAS31Validator(schema).iter_errors(answer)
    ]
    assert not errors, f"{component}: {errors[0][:500]}"


def schemas(value: Any, where: str = "") -> Any:
    """Every JSON Schema in the document, with its place."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from schemas(item, f"{where}/{number}")
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if name in {"schema", "items", "additionalProperties"} and isinstance(item, dict):
            yield f"{where}/{name}", item
        if name in {"properties", "schemas"} and isinstance(item, dict):
            for key, schema in item.items():
                yield f"{where}/{name}/{key}", schema
                yield from schemas(schema, f"{where}/{name}/{key}")
        else:
            yield from schemas(item, f"{where}/{name}")


def is_typed(schema: Any) -> bool:
    """An object says what is in it; one without members says so."""
    if schema.get("type") == "object":
        return bool({"properties", "additionalProperties"}.intersection(schema))
    return bool({"type", *TYPELESS}.intersection(schema))
