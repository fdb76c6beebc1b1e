from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def paginate(request: HttpRequest, items: QuerySet | Sequence[Any], per_page: int) -> Page:
    """The page of the list that `?page=` names; what is no number is page 1, beyond the end the last."""
    return Paginator(items, per_page).get_page(request.GET.get("page"))
