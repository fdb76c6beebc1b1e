"""Forms through the API: checked and kept as on the website."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from channels import api_token, bearer
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from factories import translated
from form_pages import EVERY_TYPE, FROM_HERE, TYPED, every, join, join_page, opened, problem, send, url  # noqa: F401 - two are fixtures
from wagtail.contrib.forms.models import FormSubmission
from wagtail.models import PageViewRestriction

from home.models import JoinFormField, JoinPage
from techport_cms.headless import idempotency
from techport_cms.headless.models import Submission

pytestmark = pytest.mark.django_db


class TestSubmission:
    def test_is_kept_and_mailed_as_on_the_website(
        self, join: JoinPage, django_capture_on_commit_callbacks: Any
    ) -> None:
        guard = Client().get(url(join)).json()["properties"]["guard-opened"]["default"]
        assert problem(send(join, **{"guard-opened": guard}), 422)["errors"]["guard-opened"]
        with django_capture_on_commit_callbacks(execute=True):
            answer = send(join)
        assert answer.status_code == 201
        assert answer.json()["page"] == join.pk and answer.json()["received_at"]
        assert answer["Content-Language"] == "nl"
        assert FormSubmission.objects.get().form_data == {**TYPED, "age": None}
        assert [message.reply_to for message in mail.outbox] == [["ada@example.com"]]
        assert not answer.cookies

    def test_errors_are_in_the_language_of_the_page(self, join: JoinPage) -> None:
        english = translated(join, "en", slug="become-a-partner")
        refused = problem(send(join, email="no", name="x" * 300), 422)
        assert refused["errors"]["email"] == ["Vul een e-mailadres in."]
        assert "255 tekens" in refused["errors"]["name"][0]
        assert "255 characters" in problem(send(english, name="x" * 300), 422)["errors"]["name"][0]
        assert not FormSubmission.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *[("name", value) for value in (None, 1, True, ["Ada"], {"a": 1})],
            *[("age", value) for value in ("1e999999", [], True, "NaN", 10**400)],
            ("nothing_like_it", "x"),
            ("guard-website", "https://spam.example/"),
            *[("guard-opened", value) for value in (None, 1, "", "x", ["x"], {"a": {}})],
        ],
    )
    def test_wrong_types_and_values(self, join: JoinPage, field: str, value: Any) -> None:
        if field == "age" and value == 10**400:
            assert send(join, age=value).status_code in (201, 422)
            return
        assert list(problem(send(join, **{field: value}), 422)["errors"]) == [field]
        assert not FormSubmission.objects.exists()

    def test_guard(self, join: JoinPage) -> None:
        for age, message in ((0, "Dat ging erg snel"), (25 * 3600, "Het formulier stond lang open")):
            errors = problem(send(join, **{"guard-opened": opened(join, age)}), 422)["errors"]
            assert message in errors["guard-opened"][0]
        other = JoinPage(pk=join.pk + 1)
        assert problem(send(join, **{"guard-opened": opened(other)}), 422)

    @pytest.mark.parametrize(
        ("content_type", "status"),
        [("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("multipart/form-data", 415)],
    )
    def test_json_only(self, join: JoinPage, content_type: str, status: int) -> None:
        answer = Client().post(url(join), "{}", content_type=content_type, headers=FROM_HERE)
        assert problem(answer, status)
        assert answer["Accept"] == "application/json"

    @pytest.mark.parametrize(
        "body",
        [
            *("{", "[]", "null", '"text"', '{"a": NaN}', '{"a": Infinity}', '{"a": 1, "a": 2}'),
            *('{"name": "\\u0000"}', '{"\\u0000": 1}', '{"name": "\\ud800"}', '{"a":' + "9" * 5000 + "}"),
            *("[" * 30_000, '{"a":' * 900 + '"\\u0000"' + "}" * 900),
        ],
    )
    def test_malformed(self, join: JoinPage, body: str) -> None:
        answer = Client().post(url(join), body, content_type="application/json", headers=FROM_HERE)
        assert problem(answer, 400)

    def test_not_utf8(self, join: JoinPage) -> None:
        for body in (b'{"a": "\xff"}', '{"a": "b"}'.encode("utf-16")):
            answer = Client().post(url(join), body, content_type="application/json", headers=FROM_HERE)
            assert problem(answer, 400)

    def test_too_large(self, join: JoinPage, settings: Any) -> None:
        assert problem(send(join, message="x" * 70_000), 413)
        settings.TECHPORT_HEADLESS = {"BODY_BYTES": 10 * 1024 * 1024}
        assert problem(send(join, message="x" * 5_000_000), 413)

    def test_other_methods(self, join: JoinPage) -> None:
        for method in ("put", "patch", "delete"):
            answer = getattr(Client(), method)(url(join))
            assert problem(answer, 405)
            assert answer["Allow"] == "GET, HEAD, OPTIONS, POST"
        assert Client().options(url(join)).status_code == 204

    def test_unknown_parameter(self, join: JoinPage) -> None:
        assert problem(Client().get(url(join) + "?bogus=1"), 400)

    def test_a_failure_while_it_is_kept_keeps_nothing(
        self, join: JoinPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = JoinPage.process_form_submission

        def fail(self: JoinPage, form: Any) -> None:
            real(self, form)
            raise RuntimeError

        monkeypatch.setattr(JoinPage, "process_form_submission", fail)
        with pytest.raises(RuntimeError):
            send(join)
        assert not FormSubmission.objects.exists()


class TestSender:
    """Who may send: pages of this site and of listed origins, servers with a token."""

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        ],
    )
    def test_others_are_refused(self, join: JoinPage, headers: dict[str, str]) -> None:
        answer = send(join, headers)
        assert problem(answer, 403)
        assert "Access-Control-Allow-Origin" not in answer

    def test_listed_origin(self, join: JoinPage, settings: Any) -> None:
        settings.TECHPORT_HEADLESS = {"CORS_ORIGINS": ["https://app.example.org"]}
        answer = send(join, {"Origin": "https://app.example.org", "Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 201
        assert answer["Access-Control-Allow-Origin"] == "https://app.example.org"

    def test_server_with_a_token_needs_no_guard(self, join: JoinPage) -> None:
        assert send(join, bearer(api_token("submit:form")), body=TYPED).status_code == 201
        assert problem(send(join, bearer(api_token("unlock")), body=TYPED), 403)
        assert FormSubmission.objects.count() == 1

    def test_server_that_passes_the_guard_on_has_it_checked(self, join: JoinPage) -> None:
        headers = bearer(api_token("submit:form"))
        assert problem(send(join, headers, **{"guard-website": "x"}), 422)

    def test_a_token_without_the_scope_may_what_anybody_may(self, join: JoinPage) -> None:
        headers = FROM_HERE | bearer(api_token("unlock"))
        assert send(join, headers).status_code == 201

    def test_a_form_behind_a_password(self, join: JoinPage) -> None:
        PageViewRestriction.objects.create(page=join, restriction_type="password", password="geheim")
        answer = Client().post(
            "/api/v2/unlock/", {"page": join.pk, "password": "geheim"}, content_type="application/json"
        )
        assert send(join, FROM_HERE | bearer(answer.json()["token"])).status_code == 201


class TestIdempotency:
    KEY = FROM_HERE | {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}

    @pytest.fixture
    def counted(self, join: JoinPage, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        done: list[Any] = []
        monkeypatch.setattr(JoinPage, "process_form_submission", lambda self, form: done.append(form))
        return done

    def test_the_same_again(self, join: JoinPage, counted: list[Any]) -> None:
        body = {**TYPED, "guard-opened": opened(join)}
        answers = [send(join, self.KEY, body=body) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len({answer.content for answer in answers}) == 1
        assert len(counted) == 1
        assert send(join, FROM_HERE, body=body).status_code == 201
        assert len(counted) == 2

    def test_another_body(self, join: JoinPage, counted: list[Any]) -> None:
        assert send(join, self.KEY).status_code == 201
        assert "another body" in problem(send(join, self.KEY, name="Grace"), 422)["detail"]
        assert len(counted) == 1

    def test_what_was_refused_may_be_corrected(self, join: JoinPage, counted: list[Any]) -> None:
        assert "errors" in problem(send(join, self.KEY, email=""), 422)
        assert send(join, self.KEY).status_code == 201

    def test_at_the_same_time(self, join: JoinPage, monkeypatch: pytest.MonkeyPatch) -> None:
        inner: list[Any] = []
        body = {**TYPED, "guard-opened": opened(join)}

        def process(self: JoinPage, form: Any) -> None:
            inner.append(send(join, TestIdempotency.KEY, body=body))

        monkeypatch.setattr(JoinPage, "process_form_submission", process)
        assert send(join, self.KEY, body=body).status_code == 201
        assert problem(inner[0], 409)
        assert inner[0]["Retry-After"] == "1"

    def test_after_the_first_was_killed(
        self, join: JoinPage, monkeypatch: pytest.MonkeyPatch, counted: list[Any]
    ) -> None:
        body = {**TYPED, "guard-opened": opened(join)}
        assert send(join, self.KEY, body=body).status_code == 201
        Submission.objects.update(answer=None)
        assert problem(send(join, self.KEY, body=body), 409)
        Submission.objects.update(started_at=timezone.now() - idempotency.WORKING - timedelta(seconds=1))
        assert send(join, self.KEY, body=body).status_code == 201
        assert len(counted) == 2

    def test_one_that_was_slow_does_not_end_what_another_took_over(
        self, join: JoinPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def process(self: JoinPage, form: Any) -> None:
            Submission.objects.update(started_at=timezone.now() + timedelta(seconds=1))
            FormSubmission.objects.create(page=join, form_data={})

        monkeypatch.setattr(JoinPage, "process_form_submission", process)
        assert problem(send(join, self.KEY), 409)
        assert not FormSubmission.objects.exists()

    def test_is_forgotten_after_a_day(self, join: JoinPage, counted: list[Any]) -> None:
        assert send(join, self.KEY).status_code == 201
        Submission.objects.update(started_at=timezone.now() - timedelta(hours=25))
        assert send(join, self.KEY, name="Grace").status_code == 201
        assert len(counted) == 2

    def test_a_failure_is_not_remembered_as_an_answer(
        self, join: JoinPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: JoinPage, form: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr(JoinPage, "process_form_submission", fail)
        with pytest.raises(RuntimeError):
            send(join, self.KEY)
        assert problem(send(join, self.KEY, body={**TYPED}), 422)

    def test_belongs_to_the_form_and_the_token(self, join: JoinPage, counted: list[Any]) -> None:
        english = translated(join, "en", slug="become-a-partner")
        assert send(join, self.KEY).status_code == 201
        assert send(english, self.KEY).status_code == 201
        token = self.KEY | bearer(api_token("submit:form"))
        assert send(join, token, body=TYPED).status_code == 201
        assert len(counted) == 3

    @pytest.mark.parametrize("key", ["", '""', "two words", "é", "x" * 256])
    def test_a_key_that_is_none(self, join: JoinPage, key: str) -> None:
        assert problem(send(join, FROM_HERE | {"Idempotency-Key": key}), 400)

    def test_nothing_that_was_typed_is_stored_with_it(self, join: JoinPage) -> None:
        send(join, self.KEY)
        row = json.dumps(list(Submission.objects.values()), default=str)
        assert "Ada" not in row and "8e03978e" not in row


@pytest.fixture
def committed_join(transactional_db: None) -> Iterator[JoinPage]:
    yield join_page([JoinFormField(label="Name", field_type="singleline", sort_order=0)])


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_one_key_are_kept_once(committed_join: JoinPage) -> None:
    if connection.vendor == "sqlite" and connection.settings_dict["NAME"].startswith("file:memory"):
        pytest.skip("SQLite in memory has one connection")
    body = {"name": "Ada", "guard-opened": opened(committed_join)}

    def attempt(_: int) -> int:
        try:
            return send(committed_join, TestIdempotency.KEY, body=body).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(attempt, range(16)))
    assert set(statuses) <= {201, 409} and 201 in statuses
    assert FormSubmission.objects.count() == 1
