"""From a place on earth to a place on the map that is drawn in partners/includes/map_base.svg.html."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import PartnerPage

# Linear, true to scale in the middle of the map. The base map is drawn in the same units.
WEST, NORTH = 4.50, 52.60
WIDTH, HEIGHT = 1200, 984
MARGIN = 24  # so that a sign at the edge is seen whole
UNITS_PER_DEGREE_EAST, UNITS_PER_DEGREE_SOUTH = 2000, 3280


@dataclass(frozen=True)
class MapPoint:
    """A partner's sign on the map. Numbers are text: a template would write them as 1.200 in Dutch."""

    id: str  # of the partner's entry in the list: the script ties the two together
    title: str
    url: str
    kind: str
    latitude: str
    longitude: str
    x: str
    y: str


def project(latitude: Decimal | float, longitude: Decimal | float) -> tuple[int, int]:
    """The place in the units of the base map; a place beyond it comes on its edge."""
    x = (float(longitude) - WEST) * UNITS_PER_DEGREE_EAST
    y = (NORTH - float(latitude)) * UNITS_PER_DEGREE_SOUTH
    return round(_between(MARGIN, x, WIDTH - MARGIN)), round(_between(MARGIN, y, HEIGHT - MARGIN))


def _between(low: float, value: float, high: float) -> float:
    return min(max(value, low), high)


def map_point(partner: "PartnerPage", url: str | None) -> MapPoint | None:
    """None for a partner without coordinates."""
    if partner.latitude is None or partner.longitude is None:
        return None
    x, y = project(partner.latitude, partner.longitude)
    return MapPoint(
        id=f"partner-{partner.pk}",
        title=partner.title,
        url=url or "",
        kind=partner.kind,
        latitude=str(partner.latitude),
        longitude=str(partner.longitude),
        x=str(x),
        y=str(y),
    )
