"""What a model can be asked for: all its fields and all that it points to, level by level; its orders."""

from collections.abc import Iterator
from functools import lru_cache

from django.db.models import Model

from ..filters import MOST_COLUMNS
from ..openapi.parameters import sortable
from ..representation import DEEPEST
from ..router import api_router

ALL = [("*", False, None)]  # as Wagtail reads `fields=*`


@lru_cache(maxsize=256)
def depths(model: type[Model] | None) -> list[str]:
    """`*`, `*,topic(*),hero_image(*)`, `*,topic(*),hero_image(*,tags(*))` …: all relations at once, so
    there is one for each depth that the API allows, and the last one shows most. Of an unknown model
    only `*`."""
    if model is None:
        return ["*"]
    return list(dict.fromkeys(_nest(model, depth) for depth in range(DEEPEST + 1)))


def _nest(model: type[Model], depth: int) -> str:
    if not depth:
        return "*"
    _name, endpoint = api_router.get_model_endpoint(model)
    serializer = endpoint._get_serializer_class(api_router, model, ALL, nested=True)
    relations = sorted(serializer.child_serializer_classes.items())
    return ",".join(["*", *(f"{name}({_nest(child.Meta.model, depth - 1)})" for name, child in relations)])


def orders(model: type[Model] | None) -> Iterator[str]:
    """By every column, as many at once as the API takes: a cursor holds the values of all of them."""
    names = sortable(api_router.get_model_endpoint(model)[1], model) if model else []
    starts = range(0, len(names), MOST_COLUMNS)
    return (",".join(names[start : start + MOST_COLUMNS]) for start in starts)
