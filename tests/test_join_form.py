"""The join form: no cookie, nothing lost, nobody else's."""

import re
import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.signing import TimestampSigner
from django.test import Client, RequestFactory
from django.utils import timezone
from factories import add_page, published_home, translated
from made_once import made_once
from wagtail.contrib.forms.models import FormSubmission
from wagtail.models import Page, PageViewRestriction

from home.models import JoinFormField, JoinPage
from techport_cms.core.public_forms import SpamGuard, from_this_site

pytestmark = pytest.mark.django_db

FROM_HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
TYPED = {"name": "Ada", "email": "ada@example.com", "message": "Wij doen mee."}


@made_once
def join() -> JoinPage:
    page = JoinPage(
        title="Word partner",
        slug="word-partner",
        purpose_notice="Alleen om contact op te nemen.",
        thank_you_title="Bedankt",
        to_address="office@example.com",
        form_fields=[
            JoinFormField(label="Name", field_type="singleline", autocomplete="name", sort_order=0),
            JoinFormField(
                label="Email", field_type="email", error_message="Vul een e-mailadres in.", sort_order=1
            ),
            JoinFormField(label="Message", field_type="multiline", sort_order=2),
            JoinFormField(label="Phone", field_type="phone", required=False, sort_order=3),
        ],
    )
    return add_page(published_home(), page)


@pytest.fixture
def visitor() -> Client:
    return Client(enforce_csrf_checks=True)


def opened(page: Page, seconds_ago: float = 10) -> str:
    """The signed time of a form that was opened so long ago."""
    signer = TimestampSigner(salt=f"techport_core.public_forms:page-{page.pk}")
    signer.timestamp = lambda: _b62(int(time.time() - seconds_ago))
    return signer.sign("opened")


def _b62(number: int) -> str:
    from django.core.signing import b62_encode

    return b62_encode(number)


def send(visitor: Client, page: JoinPage, headers: dict | None = None, **fields: str):
    data = {**TYPED, "guard-opened": opened(page), **fields}
    return visitor.post(page.url, data, headers=FROM_HERE if headers is None else headers)


def test_the_whole_way_without_a_cookie(visitor, join, django_capture_on_commit_callbacks) -> None:
    form = visitor.get(join.url)
    assert form.status_code == 200
    assert form["Cache-Control"] == "private, no-store"
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(visitor, join)
    assert (sent.status_code, sent["Location"]) == (303, "/word-partner/?sent=1")
    thanks = visitor.get(sent["Location"])
    assert "Bedankt" in thanks.content.decode()
    for response in (form, sent, thanks):
        assert not response.cookies
    assert FormSubmission.objects.get().form_data == {**TYPED, "phone": ""}
    assert mail.outbox[0].to == ["office@example.com"]
    assert mail.outbox[0].reply_to == ["ada@example.com"]
    assert "Wij doen mee." in mail.outbox[0].body


def test_the_form_that_is_shown_can_be_sent_back(visitor, join, monkeypatch) -> None:
    html = visitor.get(join.url).content.decode()
    shown = dict(re.findall(r'name="(guard-opened)" value="([^"]+)"', html))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 5)
    assert send(visitor, join, **shown).status_code == 303


def test_browsers_know_what_to_fill_in(visitor, join) -> None:
    html = visitor.get(join.url).content.decode()
    assert 'autocomplete="name"' in html
    assert 'type="tel"' in html
    assert 'type="email"' in html


# Where a request comes from


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver@evil.example"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver:8000"},
        {"Origin": "http://[::1"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Referer": "https://evil.example/http://testserver/"},
        {"Origin": "https://evil.example", "Referer": "http://testserver/"},
    ],
    ids=str,
)
def test_what_comes_from_elsewhere_is_refused(visitor, join, headers) -> None:
    response = send(visitor, join, headers)
    assert response.status_code == 403
    assert '<html lang="nl">' in response.content.decode()
    assert "<h1>" in response.content.decode()
    assert not FormSubmission.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": "http://testserver/word-partner/"},
    ],
    ids=str,
)
def test_what_comes_from_here_is_taken(visitor, join, headers) -> None:
    assert send(visitor, join, headers).status_code == 303


def test_trusted_origins_are_those_of_django(settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://www.example.com", "https://*.example.org"]
    for origin, taken in {
        "https://www.example.com": True,
        "https://a.example.org": True,
        "http://www.example.com": False,
        "https://evil-example.org": False,
    }.items():
        assert from_this_site(RequestFactory().post("/", headers={"Origin": origin})) is taken


def test_every_other_page_still_asks_for_a_token(visitor, join) -> None:
    assert visitor.post("/", {}, headers=FROM_HERE).status_code == 403


def test_other_views_still_ask_for_a_token(visitor, join) -> None:
    restriction = PageViewRestriction.objects.create(page=join, restriction_type="password", password="x")
    address = f"/_util/authenticate_with_password/{restriction.pk}/{join.pk}/"
    assert visitor.post(address, {"password": "x"}, headers=FROM_HERE).status_code == 403
    assert send(visitor, join).status_code == 200  # the password form
    assert not FormSubmission.objects.exists()


# Against spam


@pytest.mark.parametrize(
    "token",
    ["", "opened", "opened:1:forged", "\x00", "x" * 10_000],
    ids=["none", "bare", "forged", "NUL", "long"],
)
def test_a_forged_time_asks_again_and_keeps_what_was_typed(visitor, join, token) -> None:
    assert_asked_again(send(visitor, join, **{"guard-opened": token}))


def test_a_time_of_another_page_is_forged(visitor, join) -> None:
    assert_asked_again(send(visitor, join, **{"guard-opened": opened(Page(pk=join.pk + 1))}))


def test_open_for_a_day_asks_again(visitor, join) -> None:
    response = send(visitor, join, **{"guard-opened": opened(join, 25 * 3600)})
    assert_asked_again(response)
    fresh = re.search(r'name="guard-opened" value="([^"]+)"', response.content.decode())[1]
    assert SpamGuard(f"page-{join.pk}", {"guard-opened": fresh}).problems()[0]  # only too young
    assert send(visitor, join, **{"guard-opened": opened(join, 3)}).status_code == 303


def test_faster_than_a_person(visitor, join) -> None:
    assert_asked_again(send(visitor, join, **{"guard-opened": opened(join, 0)}))


def test_the_field_that_people_do_not_see(visitor, join) -> None:
    response = send(visitor, join, **{"guard-website": "https://spam.example"})
    assert_asked_again(response)
    assert "spam.example" not in response.content.decode()


def assert_asked_again(response) -> None:
    html = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in html
    assert 'value="Ada"' in html
    assert "Wij doen mee." in html
    assert not FormSubmission.objects.exists()


# What is not right, and what goes wrong


def test_a_message_for_each_field(visitor, join) -> None:
    response = send(visitor, join, email="ada", phone="call me", message="")
    html = response.content.decode()
    assert response.status_code == 422
    assert "Vul een e-mailadres in." in html
    assert set(response.context["form"].errors) == {"email", "phone", "message"}
    assert 'value="Ada"' in html
    assert html.count('aria-invalid="true"') == 3


def test_hostile_values_are_refused_or_stored_as_text(visitor, join) -> None:
    assert send(visitor, join, name="a\x00b").status_code == 422
    assert send(visitor, join, message="x" * 5001).status_code == 422
    assert send(visitor, join, name="<script>alert(1)</script>").status_code == 303
    again = send(visitor, join, name="<script>alert(1)</script>", email="")
    assert "<script>alert" not in again.content.decode()


def test_sent_twice_is_kept_once(visitor, join, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert [send(visitor, join).status_code for _ in range(2)] == [303, 303]
        send(visitor, join, message="Iets anders.")
    assert FormSubmission.objects.count() == 2
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    "error", [smtplib.SMTPException("down"), ConnectionRefusedError(), ValueError("odd")]
)
def test_a_mail_that_fails_loses_nothing(
    visitor, join, monkeypatch, caplog, error, django_capture_on_commit_callbacks
) -> None:
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("home.models.join.send_mail", fail)
    with django_capture_on_commit_callbacks(execute=True):
        assert send(visitor, join).status_code == 303
    assert FormSubmission.objects.count() == 1
    assert [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.fixture
def silent_mail_server() -> Iterator[int]:
    """The port of a mail server that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_mail_server_that_never_answers_loses_nothing(
    visitor, join, settings, caplog, silent_mail_server, django_capture_on_commit_callbacks
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", silent_mail_server, 0.2
    with django_capture_on_commit_callbacks(execute=True):
        assert send(visitor, join).status_code == 303
    assert FormSubmission.objects.count() == 1
    assert "is stored, but the mail to office@example.com failed" in caplog.text


# Translation, retention


def test_the_names_of_the_fields_are_the_same_in_translation(visitor, join) -> None:
    english = translated(join, "en", slug="become-a-partner")
    for field in english.form_fields.all():
        field.label = f"English {field.label}"
        field.save()
    assert [f.clean_name for f in english.form_fields.all()] == ["name", "email", "message", "phone"]
    assert [f.locale.language_code for f in english.form_fields.all()] == ["en"] * 4
    assert send(visitor, english).status_code == 303
    refused = send(visitor, english, headers={})
    assert '<html lang="en">' in refused.content.decode()


def test_wagtail_localize_translates_the_fields(join) -> None:
    from wagtail.models import Locale
    from wagtail_localize.models import StringTranslation, Translation, TranslationSource

    translated(join.get_parent().specific, "en")
    source, _ = TranslationSource.update_or_create_from_instance(join)
    english = Locale.objects.get(language_code="en")
    translation = Translation.objects.create(source=source, target_locale=english)
    for segment in source.stringsegment_set.all():
        StringTranslation.objects.create(
            translation_of=segment.string,
            context=segment.context,
            locale=english,
            data=f"EN {segment.string.data}",
        )
    translation.save_target(publish=True)
    fields = JoinPage.objects.get(locale=english).form_fields.all()
    assert [(f.clean_name, f.label) for f in fields][:2] == [("name", "EN Name"), ("email", "EN Email")]
    assert fields[1].error_message == "EN Vul een e-mailadres in."
    assert fields[1].field_type == "email"


def test_a_draft_knows_the_names_of_its_fields() -> None:
    field = JoinFormField(label="Je naam", field_type="singleline")
    field.clean()
    assert field.clean_name == "je_naam"
    field.label = "Naam"
    field.clean()
    assert field.clean_name == "je_naam"


def test_submissions_are_deleted_after_their_time(join, capsys) -> None:
    ages = {"old": 13, "new": 11, "now": 0}
    for name, months in ages.items():
        row = FormSubmission.objects.create(page=join, form_data={"name": name})
        FormSubmission.objects.filter(pk=row.pk).update(
            submit_time=timezone.now() - timedelta(days=31 * months)
        )
    call_command("purge_submissions")
    assert "1" in capsys.readouterr().out
    assert {row.form_data["name"] for row in FormSubmission.objects.all()} == {"new", "now"}
    call_command("purge_submissions", months=1)
    assert {row.form_data["name"] for row in FormSubmission.objects.all()} == {"now"}
