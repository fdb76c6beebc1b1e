"""GET /api/v2/site/ : name, contact and whatever else holds for the whole site, see
core.registry.site_settings."""

from techport_cms.core.registry import site_settings

from .channel import RENDITIONS, RICH_TEXT_FORMAT
from .navigation import OfSite


class SiteSettings(OfSite):
    summary = "Settings of the site"
    registry = site_settings
    parameters = (*OfSite.parameters, RENDITIONS, RICH_TEXT_FORMAT)
