"""How often somebody may ask, counted in the database and in the process."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from channels import api_token, bearer
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.utils import timezone
from factories import published_home

from techport_cms.core.client_address import UNKNOWN, client_address
from techport_cms.headless import limits
from techport_cms.headless.limits import Buckets
from techport_cms.headless.models import Attempts, Submission


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestBuckets:
    def test_refill(self) -> None:
        clock = Clock()
        buckets = Buckets(clock=clock)
        assert [buckets.take("a", 3, 60) for _ in range(3)] == [0, 0, 0]
        assert buckets.take("a", 3, 60) == pytest.approx(20)
        assert buckets.take("b", 3, 60) == 0
        clock.now += 19
        assert buckets.take("a", 3, 60) == pytest.approx(1)
        clock.now += 1
        assert buckets.take("a", 3, 60) == 0
        clock.now += 3600
        assert [buckets.take("a", 3, 60) > 0 for _ in range(4)] == [False, False, False, True]

    def test_memory_is_bounded(self) -> None:
        buckets = Buckets(size=100)
        for number in range(1000):
            buckets.take(f"address:{number}", 1, 60)
        assert len(buckets) == 100
        assert buckets.take("address:999", 1, 60) > 0, "who asked last is remembered"

    def test_threads(self) -> None:
        buckets = Buckets(clock=Clock())
        with ThreadPoolExecutor(8) as pool:
            waits = list(pool.map(lambda _: buckets.take("a", 100, 60), range(400)))
        assert waits.count(0) == 100


@pytest.mark.django_db
class TestReads:
    @pytest.fixture(autouse=True)
    def three_a_minute(self, settings: Any) -> None:
        published_home()
        settings.TECHPORT_HEADLESS = {"READ_LIMIT": (3, 60), "TOKEN_FACTOR": 2}

    def get(self, headers: dict[str, str] | None = None, **extra: Any) -> Any:
        return Client().get("/api/v2/pages/", headers=headers or {}, **extra)

    def test_by_address(self) -> None:
        assert [self.get().status_code for _ in range(4)] == [200, 200, 200, 429]
        assert self.get(REMOTE_ADDR="198.51.100.7").status_code == 200

    def test_answer(self) -> None:
        for _ in range(4):
            answer = self.get()
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == 429
        assert 1 <= int(answer["Retry-After"]) <= 20
        assert answer["RateLimit-Policy"] == '"read";q=3;w=60'
        assert answer["RateLimit"].startswith('"read";r=0;t=')
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Access-Control-Allow-Origin"] == "*"

    def test_by_token(self) -> None:
        headers = bearer(api_token())
        assert [self.get(headers).status_code for _ in range(7)] == [200] * 6 + [429]
        assert self.get().status_code == 200

    def test_what_is_no_token_counts_by_address(self) -> None:
        statuses = [self.get(bearer(f"tp_{number}")).status_code for number in range(4)]
        assert statuses == [401, 401, 401, 429]

    def test_addresses_of_nothing_count_too(self) -> None:
        assert [Client().get("/api/nothing/").status_code for _ in range(4)] == [404, 404, 404, 429]

    def test_none(self, settings: Any) -> None:
        settings.TECHPORT_HEADLESS = {"READ_LIMIT": None}
        assert {self.get().status_code for _ in range(20)} == {200}


@pytest.mark.django_db
class TestCounting:
    def test_so_many_in_a_span_that_begins_with_the_first(self) -> None:
        assert [limits.take("a", 2, 60) for _ in range(4)] == [True, True, False, False]
        assert limits.take("b", 2, 60)
        Attempts.objects.filter(pk="a").update(until=timezone.now() - timedelta(seconds=1))
        assert [limits.take("a", 2, 60) for _ in range(3)] == [True, True, False]

    def test_nobodys_address_is_stored(self) -> None:
        request = RequestFactory().post("/", REMOTE_ADDR="198.51.100.7")
        limits.count(request, "form", (5, 60), "page-1", "submit:form")
        assert "198" not in Attempts.objects.get().key

    def test_purge(self) -> None:
        now = timezone.now()
        Attempts.objects.create(pk="old", until=now - timedelta(seconds=1))
        Attempts.objects.create(pk="new", until=now + timedelta(seconds=60))
        Submission.objects.create(pk="old", body="", started_at=now - timedelta(hours=25))
        Submission.objects.create(pk="new", body="", started_at=now)
        call_command("purge_api")
        assert [row.pk for row in Attempts.objects.all()] == ["new"]
        assert [row.pk for row in Submission.objects.all()] == ["new"]


@pytest.fixture
def many_connections(transactional_db: None) -> Iterator[None]:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("SQLite in memory has one connection")
    yield


@pytest.mark.django_db(transaction=True)
def test_no_race_lets_more_through(many_connections: None) -> None:
    def attempt(_: int) -> bool:
        try:
            return limits.take("a", 10, 60)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(attempt, range(80)))
    assert taken.count(True) == 10
    Attempts.objects.update(until=timezone.now())
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(attempt, range(80)))
    assert taken.count(True) == 10


class TestAddress:
    def address(self, proxies: int, forwarded: str | None, remote: str = "192.0.2.1") -> str:
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote), proxies)

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "found"),
        [
            (0, None, "192.0.2.1"),
            (0, "203.0.113.9", "192.0.2.1"),
            (1, None, "192.0.2.1"),
            (1, "", "192.0.2.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "10.6.6.6, 203.0.113.9", "203.0.113.9"),
            (2, "10.6.6.6, 203.0.113.9, 192.0.2.50", "203.0.113.9"),
            (2, "203.0.113.9", "192.0.2.1"),
            (1, "203.0.113.9:4711", "203.0.113.9"),
            (1, "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
            (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            (1, "::ffff:203.0.113.9", "203.0.113.9"),
            (1, "fe80::1%eth0", "fe80::/64"),
            (1, "nonsense", UNKNOWN),
            (1, "203.0.113.9, nonsense", UNKNOWN),
        ],
    )
    def test_who(self, proxies: int, forwarded: str | None, found: str) -> None:
        assert self.address(proxies, forwarded) == found

    def test_socket_without_an_address(self) -> None:
        assert self.address(0, None, remote="") == UNKNOWN
