"""The languages that are going to be spoken within one request: those of the pages of a list.

What is looked up per language is then looked up in all of them at once.
"""

from collections.abc import Iterable

from django.utils.translation import get_language
from wagtail.coreutils import get_supported_content_language_variant

from .together import shared


class Languages(set[str]):
    """Content language codes."""


def expect_languages(codes: Iterable[str]) -> None:
    shared(Languages).update(codes)


def active_language(language: str | None = None) -> str:
    """The content language that this language (default: the active one) is a variant of."""
    return get_supported_content_language_variant(language or get_language() or "")


def expected_languages(code: str) -> list[str]:
    """This one and those that are expected, in a fixed order."""
    return sorted({code, *shared(Languages)})
