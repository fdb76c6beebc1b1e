"""Redirects in the change feed: which are public, and which the log tells something of.

One leads to a page, or to an address (`redirect_link`). That may be one of our own, and then who may see the
page there decides who is told of the redirect.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from techport_cms.changes.models import Change, Kind
from techport_cms.core.addresses import OwnAddresses
from techport_cms.core.visibility import line_of, restricted_places

HAS_LINK = Q(redirect_page=None) & ~Q(redirect_link="")


class Redirects:
    """Those of a site, for who has sent this request."""

    def __init__(self, site: Site, request: HttpRequest) -> None:
        self.site = site
        self.own = OwnAddresses(request)

    def leads_to_public(self, redirect: Redirect) -> bool:
        """Of one whose page is public, where it has one: whether its link may be told. One query within
        `together` for however many."""
        if redirect.redirect_page_id is not None:
            return True
        return not self.own.is_private(redirect.redirect_link, self._base(redirect))

    def concerned(self, rows: Sequence[Change]) -> dict[int, list[int]]:
        """The ids of the redirects that each of these rows about pages may have made public, or not
        public any more, by the id of the row. Three queries (two on a warm server), and one more where
        something private may have begun or ended."""
        pages = {row.object_id for row in rows}
        if not pages:
            return {}
        to_page = defaultdict(list)
        for pk, page in Redirect.objects.filter(redirect_page__in=pages).values_list("pk", "redirect_page"):
            to_page[str(page)].append(pk)
        below = self._led_below(rows)
        return {row.pk: [*to_page[row.object_id], *below.get(row.pk, [])] for row in rows}

    def _led_below(self, rows: Sequence[Change]) -> dict[int, list[int]]:
        """The same of redirects with links, of which a site may have many thousands."""
        places = _turned(rows)
        led = defaultdict(list)
        for redirect in self._linked() if places else ():
            for place in line_of(self.own.url_path(redirect.redirect_link, self._base(redirect))):
                led[place].append(redirect.pk)
        return {pk: [one for place in turned for one in led[place]] for pk, turned in places.items()}

    def _linked(self) -> QuerySet[Redirect]:
        linked = Redirect.objects.filter(HAS_LINK & (Q(site=None) | Q(site=self.site)))
        return linked.only("old_path", "redirect_link")

    def _base(self, redirect: Redirect) -> str:
        return f"{self.site.root_url}{redirect.old_path}"


def _turned(rows: Iterable[Change]) -> dict[int, set[str]]:
    """Where something private may have begun or ended, by the id of the row: the url_paths at which its page
    was and is, unless the page was public before and after."""
    paths = Page.objects.filter(pk__in={row.object_id for row in rows}).values_list("pk", "url_path")
    now = {str(pk): path for pk, path in paths}
    turned = {}
    for row in rows:
        here = now.get(row.object_id, "")
        if row.old_url_path or row.kind == Kind.PRIVACY or here in restricted_places():
            turned[row.pk] = {row.old_url_path, here} - {""}
    return turned
