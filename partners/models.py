"""Partners: each has a page of its own, the directory finds them in a list and on a map."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast, Lower
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Locale, Page, PageManager, PageQuerySet, ReferenceIndex
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from techport_cms.content.blocks import RICH_TEXT_FEATURES, BodyBlocks
from techport_cms.content.cards import for_cards
from techport_cms.content.filters import Catalogue, Filter, FilteredList
from techport_cms.content.models import AbstractTerm, BasePage, IndexPage
from techport_cms.content.serializers import ImageField, TermField
from techport_cms.core.kept import kept_of
from techport_cms.core.one_of import OneOf
from techport_cms.core.pictures import expect_pictures
from techport_cms.core.prepared import Parameter, prepared
from techport_cms.core.specific import listed
from techport_cms.core.visibility import is_public_snippet, is_under_sites, open_pages, public_pages

from .map import MapPoint, map_point

MOST_ON_MAP = 200  # signs; where more partners match, the map shows those of the list's page


class Sector(AbstractTerm):
    class Meta(AbstractTerm.Meta):
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")


class PartnerIndexPage(IndexPage):
    introduction = RichTextField(_("introduction"), features=RICH_TEXT_FEATURES, blank=True)

    subpage_types = ["partners.PartnerPage"]
    page_description = _("All partners, in a list and on a map, by kind and sector.")
    template = "partners/partner_index_page.html"
    partners_per_page = 24

    content_panels = [*IndexPage.content_panels, FieldPanel("introduction")]
    search_fields = [*IndexPage.search_fields, index.SearchField("introduction")]
    api_fields = [*IndexPage.api_fields, APIField("introduction")]
    translatable_fields = [*IndexPage.translatable_fields, TranslatableField("introduction")]

    class Meta:
        verbose_name = _("partner directory")

    def partners(self) -> PageQuerySet:
        """The public partners, founders first and then by name."""
        return public_pages(PartnerPage.objects.child_of(self)).in_directory_order()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        catalogue = self._catalogue()
        directory = FilteredList(catalogue, directory_filters(catalogue), request.GET, self.get_url(request))
        context["partners"] = directory.page(request, self.partners_per_page, partners_shown)
        context["is_map_whole"] = len(directory) <= MOST_ON_MAP
        on_map = directory.keys if context["is_map_whole"] else [page.pk for page in context["partners"]]
        context["points"] = SimpleLazyObject(lambda: map_points(on_map, request))
        context["map_key"] = self._map_key(directory, context)
        context["count"] = len(directory)
        context["total"] = len(catalogue)
        for name in ("kind", "sector", "founder"):
            context[f"{name}_options"] = directory.options(name)
            context[f"any_{name}"] = directory.without(name)
        context["q"] = directory.chosen.get("q", "")
        context["active_filters"] = directory.active()
        return context

    def _catalogue(self) -> Catalogue["Facets"]:
        key = ("partners", self.pk)
        return kept_of(PartnerPage, key, lambda: directory_catalogue(self.partners()))

    def _map_key(self, directory: FilteredList, context: dict[str, Any]) -> str:
        """Of the map without any filter, for `{% keep %}`; there is no end of what filters leave."""
        if directory.chosen:
            return ""
        return f"{self.pk}" if context["is_map_whole"] else f"{self.pk} {context['partners'].number}"


class Facets(NamedTuple):
    """What the directory is filtered by. The sector is empty where it is not public."""

    kind: str
    founder: bool
    sector_order: int
    sector_name: str
    sector: str  # slug


def directory_catalogue(partners: PageQuerySet) -> Catalogue[Facets]:
    fields = ("pk", "title", "kind", "founder", "sector__live")
    of_sector = ("sector__sort_order", "sector__name", "sector__slug")
    return Catalogue(
        (pk, title, Facets(kind, founder, *(sector if is_public else (0, "", ""))))
        for pk, title, kind, founder, is_public, *sector in partners.values_list(*fields, *of_sector)
    )


def directory_filters(catalogue: Catalogue[Facets]) -> list[Filter]:
    """How readers narrow the directory down. The sectors to choose from are those of the partners."""
    sectors = {(facets.sector_order, facets.sector_name, facets.sector) for facets in catalogue.facets}
    return [
        Filter("kind", lambda facets: facets.kind, PartnerPage.Kind.choices),
        Filter(
            "sector",
            lambda facets: facets.sector,
            [(slug, name) for _order, name, slug in sorted(sectors) if slug],
        ),
        Filter("founder", lambda facets: "1" if facets.founder else "", [("1", _("Founders"))]),
        Filter("q"),
    ]


def partners_shown(keys: Iterable[int]) -> list["PartnerPage"]:
    def then(partners: Iterable[PartnerPage]) -> None:
        expect_pictures(partner.logo for partner in partners)

    return listed(PartnerPage, keys, ("logo",), then=then)


def map_points(keys: Sequence[int], request: HttpRequest) -> list[MapPoint]:
    """The signs of these partners, as far as they have a place. One query."""
    points = (map_point(partner, partner.get_url(request)) for partner in listed(PartnerPage, keys))
    return [point for point in points if point is not None]


class PartnerQuerySet(PageQuerySet):
    def in_directory_order(self) -> "PartnerQuerySet":
        return self.order_by("-founder", Lower("title"), "pk")


class PartnerPage(BasePage):
    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        SCHOOL = "school", _("School")
        GOVERNMENT = "government", _("Government")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.COMPANY)
    sector = models.ForeignKey(
        Sector,
        verbose_name=_("sector"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="partners",
    )
    founder = models.BooleanField(
        _("founder"), default=False, help_text=_("One of the parties that began it all.")
    )
    partner_since = models.PositiveSmallIntegerField(
        _("partner since"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
        help_text=_("The year, in four digits. Leave empty if it is not known."),
    )
    website = models.URLField(_("website"), blank=True)
    logo = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Without a logo, the initials of the name are shown."),
    )
    place = models.CharField(_("place"), max_length=100, blank=True, help_text=_("Town or village."))
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("In degrees, for example 52.45830. Puts the partner on the map."),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("In degrees, for example 4.61940."),
    )
    introduction = models.TextField(_("introduction"), blank=True, help_text=_("One or two sentences."))
    story = StreamField(BodyBlocks(), verbose_name=_("story"), blank=True)

    objects = PageManager.from_queryset(PartnerQuerySet)()

    parent_page_types = ["partners.PartnerIndexPage"]
    subpage_types: list[str] = []
    shown_relations = ("social_image", "logo", "sector")
    page_description = _("One partner: who, where, since when, and the story. The title is the name.")
    template = "partners/partner_page.html"

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        MultiFieldPanel(
            ["kind", "sector", "founder", "partner_since", "website", "logo"], heading=_("Facts")
        ),
        MultiFieldPanel(["place", FieldRowPanel(["latitude", "longitude"])], heading=_("Place")),
        FieldPanel("story"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("introduction"),
        index.SearchField("place"),
        index.SearchField("story"),
        index.FilterField("kind"),
        index.FilterField("sector"),
        index.FilterField("founder"),
        index.FilterField("partner_since"),
        index.FilterField("place"),
    ]
    api_fields = [
        *BasePage.api_fields,
        APIField("introduction"),
        APIField("kind"),
        APIField("sector", serializer=TermField()),
        APIField("founder"),
        APIField("partner_since"),
        APIField("website"),
        APIField("logo", serializer=ImageField()),
        APIField("monogram"),
        APIField("place"),
        APIField("coordinates"),
        APIField("story"),
    ]
    translatable_fields = [
        *BasePage.translatable_fields,
        TranslatableField("introduction"),
        SynchronizedField("kind", overridable=False),
        TranslatableField("sector"),
        SynchronizedField("founder", overridable=False),
        SynchronizedField("partner_since", overridable=False),
        SynchronizedField("website"),
        SynchronizedField("logo"),
        SynchronizedField("place"),  # overridable: The Hague
        SynchronizedField("latitude", overridable=False),
        SynchronizedField("longitude", overridable=False),
        TranslatableField("story"),
    ]

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    @property
    def public_sector(self) -> Sector | None:
        return self.sector if is_public_snippet(self.sector) else None

    @property
    def monogram(self) -> str:
        """What stands in for a missing logo: the initials of the first two words of the name."""
        letters = [next(filter(str.isalnum, word), "") for word in self.title.split()]
        return "".join(letter for letter in letters if letter)[:2].upper()

    @property
    def coordinates(self) -> dict[str, float] | None:
        if self.latitude is None or self.longitude is None:
            return None
        return {"latitude": float(self.latitude), "longitude": float(self.longitude)}

    def clean(self) -> None:
        super().clean()
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            raise ValidationError({missing: _("Fill in both the latitude and the longitude, or neither.")})

    def related_pages(self) -> list[Page]:
        """Public pages in this language that point to this partner, the newest first.

        A translation that still points to the partner's page in another language counts too.
        """
        pages = prepared(_pages_pointing_to)(self.translation_key, self.locale_id, self.pk)
        return for_cards(page for page in pages if is_under_sites(page))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["point"] = map_point(self, self.get_url(request))
        context["related_pages"] = SimpleLazyObject(self.related_pages)  # not looked up where it is kept
        return context


def _pages_pointing_to() -> PageQuerySet:
    """Parameters: translation key, locale and primary key of a partner."""
    key, pk = Parameter(0, Page._meta.get_field("translation_key")), Page._meta.pk
    page_type = ContentType.objects.get_for_model(Page)
    same_partner = Page.objects.filter(translation_key=key).values(text_id=Cast("pk", models.CharField()))
    pointing = ReferenceIndex.objects.filter(
        OneOf("to_object_id", same_partner), base_content_type=page_type, to_content_type=page_type
    )
    ids = pointing.values(page_id=Cast("object_id", models.IntegerField()))
    pages = Page.objects.filter(OneOf("id", ids), locale=Parameter(1, Locale._meta.pk))
    return open_pages(pages.exclude(id=Parameter(2, pk))).order_by("-first_published_at", "-pk")[:4]
