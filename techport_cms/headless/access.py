"""Who asks: nobody in particular, a channel with its token, or somebody who knew a page's password.

Both kinds of token come as `Authorization: Bearer …`. What is no valid token is 401, also where no
token is needed: a client whose token has expired is to notice it. Another scheme (the password of a
staging site) is not for us.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from wagtail.models import Page, PageViewRestriction

from techport_cms.core.client_address import client_address
from techport_cms.core.visibility import is_readable, restrictions_of

from .conf import conf
from .models import TOKEN_PREFIX, ChannelToken, digest
from .problems import ApiError, not_found

SALT = "techport_headless.unlock"
UNLOCK_PREFIX = "tpu_"
MAX_TOKEN_LENGTH = 2000  # characters; one of ours that unlocks ten restrictions has 600


@dataclass(frozen=True)
class Caller:
    """`passed` are the view restrictions (ids) that the caller has given the password of."""

    address: str
    token: ChannelToken | None = None
    passed: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        """Under which limits count what the caller does."""
        return f"token:{self.token.pk}" if self.token else f"address:{self.address}"

    def may(self, scope: str) -> bool:
        return self.token is not None and scope in self.token.scopes


def caller(request: HttpRequest) -> Caller:
    """Raises ApiError with 401. One query for a channel's token, or for one that unlocks a page."""
    known = getattr(request, "techport_caller", None)
    if known is None:
        known = request.techport_caller = _identify(request)  # type: ignore[attr-defined]
    return known


def address_of(request: HttpRequest) -> str:
    return client_address(request, conf().trusted_proxies)


def may_read(request: HttpRequest, page: Page) -> bool:
    """Whether this request may see the page: it is public, or the request has its password.

    What it opens so is for this caller only: answer it `private, no-store`.
    """
    return is_readable(page, caller(request).passed)


def readable_page(request: HttpRequest, page_id: int) -> Page:
    """The page in its own type. Raises ApiError with 404."""
    page = find_page(page_id)
    if page is None or not may_read(request, page):
        raise not_found()
    return page.specific


def find_page(page_id: int) -> Page | None:
    return Page.objects.filter(pk=page_id).first() if page_id < 2**31 else None


def require_scope(request: HttpRequest, scope: str) -> ChannelToken:
    """Raises ApiError with 401 without a token, with 403 where the token may not do this."""
    asking = caller(request)
    if asking.token is None:
        raise unauthorized("Send a channel token: Authorization: Bearer <token>.", "")
    if not asking.may(scope):
        raise out_of_scope(scope)
    return asking.token


def unauthorized(detail: str, error: str = "invalid_token") -> ApiError:
    """`error` is RFC 6750's; none where the request holds no token."""
    challenge = f'Bearer realm="api", error="{error}"' if error else 'Bearer realm="api"'
    return ApiError(401, detail, headers={"WWW-Authenticate": challenge})


def out_of_scope(scope: str) -> ApiError:
    challenge = f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
    return ApiError(
        403, f"This needs a token with the scope {scope}.", headers={"WWW-Authenticate": challenge}
    )


def _identify(request: HttpRequest) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    address = address_of(request)
    if scheme.lower() != "bearer":
        return Caller(address)
    if len(token) <= MAX_TOKEN_LENGTH and token.isascii():
        if token.startswith(UNLOCK_PREFIX):
            return Caller(address, passed=_passed(token.removeprefix(UNLOCK_PREFIX)))
        if token.startswith(TOKEN_PREFIX):
            return Caller(address, _channel_token(token))
    raise unauthorized("This is not a token of this API.")


def _channel_token(token: str) -> ChannelToken:
    found = ChannelToken.objects.select_related("user").filter(digest=digest(token)).first()
    if found is None or not found.is_valid:
        raise unauthorized("The token is unknown, expired or revoked.")
    found.tell_used()
    return found


# Protected pages


def password_restrictions(page: Page | None) -> list[PageViewRestriction]:
    """All view restrictions of a live page, where passwords are all that it takes; else none."""
    if page is None or not page.live:
        return []
    found = list(restrictions_of(page))
    only_passwords = all(one.restriction_type == PageViewRestriction.PASSWORD for one in found)
    return found if only_passwords else []


def opened_by(password: str, restrictions: Iterable[PageViewRestriction]) -> set[int]:
    """The ids of those that have this password. Each is compared, in constant time."""
    return {one.pk for one in restrictions if constant_time_compare(password, one.password)}


def unlock_token(restrictions: Iterable[PageViewRestriction]) -> tuple[str, datetime]:
    """A token that has passed these, and when it expires. It ends sooner where one of the passwords
    changes: it holds a fingerprint of each."""
    seals = {str(one.pk): _fingerprint(one) for one in restrictions}
    expires_at = timezone.now() + timedelta(seconds=conf().unlock_seconds)
    return UNLOCK_PREFIX + signing.dumps(seals, salt=SALT), expires_at


def _passed(token: str) -> frozenset[int]:
    try:
        seals = signing.loads(token, salt=SALT, max_age=conf().unlock_seconds)
    except signing.BadSignature:
        raise unauthorized("The token that unlocks a page is wrong or has expired.") from None
    passed = {one.pk for one in _restrictions(seals) if _is_sealed(one, seals)}
    if not passed:
        raise unauthorized("The page's password has changed, or it has none any more.")
    return frozenset(passed)


def _restrictions(seals: dict[str, str]) -> QuerySet[PageViewRestriction]:
    return PageViewRestriction.objects.filter(
        pk__in=map(int, seals), restriction_type=PageViewRestriction.PASSWORD
    )


def _is_sealed(restriction: PageViewRestriction, seals: dict[str, Any]) -> bool:
    return constant_time_compare(seals[str(restriction.pk)], _fingerprint(restriction))


def _fingerprint(restriction: PageViewRestriction) -> str:
    value = f"{restriction.pk}:{restriction.password}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()[:32]
