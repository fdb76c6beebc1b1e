"""Query parameters: declared once, for reading them strictly and for the OpenAPI document."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wagtail.models import Locale

from techport_cms.core.schemas import Schema

from .problems import bad_request

LARGEST = 2**63 - 1  # what a database's integer holds


@dataclass(frozen=True)
class Parameter:
    """`parse` makes the value of the text, or raises ValueError with a sentence."""

    name: str
    description: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})
    parse: Callable[[str], Any] = str
    required: bool = False


def read_parameters(query: Mapping[str, str], declared: Iterable[Parameter]) -> dict[str, Any]:
    """The value of each parameter that is given, by name. Raises ApiError with 400."""
    by_name = {parameter.name: parameter for parameter in declared}
    check_names(query, by_name)
    if missing := [name for name, one in by_name.items() if one.required and not query.get(name)]:
        raise bad_request(f"missing query parameter: {', '.join(missing)}")
    return {name: read(by_name[name], query[name]) for name in query}


def check_names(query: Mapping[str, str], known: Iterable[str]) -> None:
    if unknown := sorted(set(query) - set(known)):
        raise bad_request(f"query parameter is not an operation or a recognised field: {', '.join(unknown)}")


def check_text(name: str, text: str) -> None:
    if "\x00" in text:
        raise bad_request(f"{name} must not hold a null character")


def read(parameter: Parameter, text: str) -> Any:
    check_text(parameter.name, text)
    try:
        return parameter.parse(text)
    except ValueError as error:
        raise bad_request(f"{parameter.name} {error}") from error


def whole_number(minimum: int = 0, maximum: int = LARGEST) -> Callable[[str], int]:
    def parse(text: str) -> int:
        # int() takes "1_000", " 1" and other scripts' digits too.
        if not (text.isascii() and text.removeprefix("-").isdecimal()) or len(text) > 20:
            raise ValueError("must be a whole number")
        number = int(text)
        if number < minimum:
            raise ValueError("must be a positive integer" if minimum == 0 else f"must be at least {minimum}")
        if number > maximum:
            raise ValueError(f"cannot be higher than {maximum}")
        return number

    return parse


def one_of(choices: Iterable[str]) -> Callable[[str], str]:
    known = tuple(choices)

    def parse(text: str) -> str:
        if text not in known:
            raise ValueError(f"must be one of {', '.join(known)}")
        return text

    return parse


def locale(text: str) -> Locale:
    """The locale with this code (BCP 47). ValueError where the site has none."""
    found = Locale.objects.filter(language_code=text).first()
    if found is None:
        raise ValueError("is not a language of this site")
    return found


def integer_schema(minimum: int = 0, maximum: int | None = None) -> Schema:
    return {"type": "integer", "minimum": minimum, **({"maximum": maximum} if maximum is not None else {})}


def several_schema(choices: Iterable[str], most: int | None = None, *, may_be_empty: bool = False) -> Schema:
    """Of these, with commas between them, `most` at a time."""
    one = "|".join(re.escape(choice).replace("\\-", "-") for choice in choices)  # as JavaScript takes it
    others = "*" if most is None else f"{{0,{most - 1}}}"
    pattern = f"({one})(,({one})){others}"
    return {"type": "string", "pattern": f"^({pattern})?$" if may_be_empty else f"^{pattern}$"}


def several(parse: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """Values with commas between them."""
    return lambda text: tuple(dict.fromkeys(parse(one) for one in text.split(",")))


LOCALE = Parameter("locale", "Language code (BCP 47) of what is wanted.", {"type": "string"}, locale)


def _format(description: str, *names: str) -> Parameter:
    return Parameter("format", description, {"enum": [*names]}, one_of(names))


# Wagtail's, for the browsable API, which is that of pages, images and documents.
FORMAT = _format("`json`, or `api` for a page to read in a browser.", "json", "api")
JSON_ONLY = _format("`json`: there is no other.", "json")
# Wagtail's too, for breaking caches.
UNDERSCORE = Parameter("_", "Ignored.")
