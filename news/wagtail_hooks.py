from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Topic


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "list-ul"
    menu_label = _("News topics")
    menu_name = "topics"
    list_display = ["name", "sort_order", "locale", "live"]
    search_fields = ["name"]


register_snippet(TopicViewSet)
