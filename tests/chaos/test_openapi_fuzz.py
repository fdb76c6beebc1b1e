"""What the OpenAPI document allows is answered as it says, what it forbids is refused: `make chaos` asks
more than 5,000 times, the suite a tenth of that."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from chaos_seed import IS_WHOLE, SEED
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from factories import (
    ArticlePageFactory,
    FaqCategoryFactory,
    FaqIndexPageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    QuestionPageFactory,
    SectorFactory,
    TopicFactory,
    published_home,
    translated,
)
from hypothesis import HealthCheck, Phase, given, seed, settings
from openapi_cases import Cases
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from werkzeug.test import Client

LEAST = 5_000 if IS_WHOLE else 500
API = "/api/v2"

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def home() -> int:
    """Of a small site with something of everything."""
    home = published_home()
    news, partners = NewsIndexPageFactory(parent=home), PartnerIndexPageFactory(parent=home)
    questions = FaqIndexPageFactory(parent=home)
    image = ImageFactory(file__width=8, file__height=8)
    for _ in range(3):
        article = ArticlePageFactory(parent=news, topic=TopicFactory(), hero_image=image)
        PartnerPageFactory(parent=partners, sector=SectorFactory(), logo=image)
        QuestionPageFactory(parent=questions, category=FaqCategoryFactory())
    translated(article, "en")
    return home.pk


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests do not close that of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def next_cursor(path: str, query: dict[str, Any]) -> str:
    """Of this list, or of the change feed; none where there is no such list."""
    # Django's client would close the connection that all share.
    answer = Client(get_wsgi_application()).get(f"{API}{path}", query_string={**query, "limit": 1}).get_json()
    return answer.get("meta", answer).get("next") or ""


@pytest.fixture
def schema(home: int, one_connection: None) -> Any:
    loaded = schemathesis.openapi.from_wsgi(
        f"{API}/openapi.json", get_wsgi_application(), config=SchemathesisConfig()
    )
    cases = Cases(home, next_cursor)

    @loaded.hook
    def map_case(context: Any, case: Any) -> Any:
        return cases.mend(case)

    return loaded


def test_the_api_is_what_its_document_says(schema: Any, tell: Callable[[str], None]) -> None:
    operations = [result.ok() for result in schema.get_all_operations()]
    share = -(-LEAST // (2 * len(operations)))
    asked, failures = Counter[str](), dict[str, str]()
    for operation in operations:
        for mode in GenerationMode:
            ask(operation, mode, share, asked, failures)
    tell(f"{asked.total()} cases, {dict(asked)}, {len(failures)} operations fail")
    assert not failures, f"seed {SEED}:\n" + "\n\n".join(failures.values())
    assert asked.total() >= LEAST


def ask(
    operation: Any, mode: GenerationMode, times: int, asked: Counter[str], failures: dict[str, str]
) -> None:
    last: list[str] = []

    @seed(SEED)
    @settings(
        max_examples=times,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        asked[f"{mode.value} {operation.label}"] += 1
        last.append(f"{case.as_curl_command()} {case.body!a}")
        case.call_and_validate()

    try:
        one()
    except FailureGroup as group:
        failures[f"{mode.value} {operation.label}"] = "\n".join([last[-1], *map(str, group.exceptions)])
