from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Sector


class SectorViewSet(SnippetViewSet):
    model = Sector
    icon = "list-ul"
    menu_label = _("Sectors")
    menu_name = "sectors"
    list_display = ["name", "sort_order", "locale", "live"]
    search_fields = ["name"]


register_snippet(SectorViewSet)
