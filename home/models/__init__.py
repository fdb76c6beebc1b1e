from .frame import Navigation, SiteSettings
from .join import JoinFormField, JoinPage
from .pages import HomePage, StandardPage

__all__ = ["HomePage", "JoinFormField", "JoinPage", "Navigation", "SiteSettings", "StandardPage"]
