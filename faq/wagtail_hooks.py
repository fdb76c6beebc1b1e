from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import FaqCategory


class FaqCategoryViewSet(SnippetViewSet):
    model = FaqCategory
    icon = "list-ul"
    menu_label = _("Question categories")
    menu_name = "faq-categories"
    list_display = ["name", "sort_order", "locale", "live"]
    search_fields = ["name"]


register_snippet(FaqCategoryViewSet)
