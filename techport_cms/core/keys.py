"""Primary keys of anybody's models: numbers, UUIDs, slugs. In the log and in an address they are text."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model


def key_of(model: type[Model], text: str) -> Any:
    """The key that this text stands for. ValueError where it stands for none of this model."""
    if "\x00" in text:
        raise ValueError("a key holds no null character")
    try:
        return model._meta.pk.to_python(text)
    except ValidationError as error:
        raise ValueError(f"{text} is no key of {model._meta.label}") from error


def key_json(key: Any) -> int | str:
    """As it stands in JSON."""
    return key if isinstance(key, int) else str(key)
