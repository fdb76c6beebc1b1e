"""What a shared cache in front can be told to forget, in the header `Surrogate-Key`."""

from collections.abc import Iterable

HEADER = "Surrogate-Key"
SITE_KEY = "techport"  # of everything


def header_value(keys: Iterable[str]) -> str:
    """These keys and that of everything, each once."""
    return " ".join(dict.fromkeys([SITE_KEY, *keys]))
