"""What no schema of a single parameter can say of a request that is right: hooks for schemathesis.

Only cases that are meant to be accepted are touched, and only where the API refuses a combination
on purpose, or where a value is the API's own. What is meant to be refused stays as it was made, but for
a path that has to lead to a page.
"""

from collections.abc import Callable
from typing import Any

from schemathesis import Case
from schemathesis.generation import GenerationMode
from wagtail.models import Page, get_page_models

from techport_cms.headless.pages import PagesEndpoint

Cursor = Callable[[str, dict[str, Any]], str]
PLACES = ("child_of", "descendant_of", "ancestor_of", "translation_of")


class Cases:
    """`home` is the id of a page that there is; `cursor` fetches `meta.next` of a list, or `next`."""

    def __init__(self, home: int, cursor: Cursor) -> None:
        self.home, self.cursor = home, cursor
        common = PagesEndpoint.field_filters(Page)
        self.own = {  # fields that some page types have, by type
            model._meta.label: PagesEndpoint.field_filters(model).keys() - common
            for model in get_page_models()
        }

    def mend(self, case: Case) -> Case:
        query = case.query
        if case.operation.path == "/resolve/":
            self._mend_resolve(query)
        if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE or not query:
            return case
        if case.operation.path == "/pages/":
            self._mend_pages(query)
        if "order" in query:
            self._mend_order(query)
        if "cursor" in query:
            self._mend_cursor(case.operation.path, query)
        if "after" in query:
            self._mend_after(case.operation.path, query)
        return case

    def _mend_order(self, query: dict[str, Any]) -> None:
        """A field is named once."""
        columns = {name.lstrip("-"): name for name in query["order"].split(",")}
        query["order"] = ",".join(columns.values())
        if query["order"] == "random":  # has no places
            query.pop("offset", None)
        if query.get("search"):  # can be ordered by what its index has only
            query.pop("order")

    def _mend_resolve(self, query: dict[str, Any]) -> None:
        """Fields are looked at where there is a page that has them; right or wrong, it is given one."""
        path = query.get("path")
        if query.get("fields") and isinstance(path, str) and path and "\x00" not in path:
            query["path"] = "/"

    def _mend_pages(self, query: dict[str, Any]) -> None:
        self._choose_type(query)
        for name in PLACES:  # of what is not there nothing can be listed
            if name in query:
                query[name] = self.home
        if "child_of" in query:
            query.pop("descendant_of", None)
        if "locale" not in query:
            query.pop("fallback", None)

    def _choose_type(self, query: dict[str, Any]) -> None:
        """One that has the first of the fields that are asked for, and none that it does not have."""
        given = [name for name in query if any(name in names for names in self.own.values())]
        if given:
            query["type"] = next(label for label, names in self.own.items() if given[0] in names)
        for name in given:
            if name not in self.own[query["type"]]:
                del query[name]

    def _mend_cursor(self, path: str, query: dict[str, Any]) -> None:
        """A cursor is one that the same list has given."""
        query.pop("offset", None)
        query.pop("search", None)
        if query.get("order") == "random":
            query.pop("order")
        same = {name: query[name] for name in ("order", "type") if query.get(name)}
        query["cursor"] = self.cursor(path, same)

    def _mend_after(self, path: str, query: dict[str, Any]) -> None:
        del query["after"]
        after = self.cursor(path, query)
        if after:
            query["after"] = after
