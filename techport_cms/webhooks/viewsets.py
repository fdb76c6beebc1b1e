"""The admin's list of webhooks, under Settings."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from .forms import EndpointForm
from .models import Endpoint


class EndpointIndexView(generic.IndexView):
    def get_list_more_buttons(self, instance: Any) -> list:
        buttons = super().get_list_more_buttons(instance)
        if self.user_has_permission_for_instance("change", instance):
            for priority, (label, name, icon) in enumerate(links(), 12):
                url = reverse(name, args=[instance.pk])
                buttons.append(MenuItem(label, url=url, icon_name=icon, priority=priority))
        return buttons


class EndpointCreateView(generic.CreateView):
    def get_success_url(self) -> str:
        return reverse("techport_webhooks_secret", args=[self.object.pk])


class EndpointEditView(generic.EditView):
    @property
    def header_more_buttons(self) -> list:
        buttons = super().header_more_buttons
        for priority, (label, name, icon) in enumerate(links(), 12):
            url = reverse(name, args=[self.object.pk])
            buttons.append(Button(label, url=url, icon_name=icon, priority=priority))
        return buttons


def links() -> list[tuple[str, str, str]]:
    """Label, URL name and icon of what an endpoint has besides."""
    return [
        (_("Deliveries"), "techport_webhooks_deliveries", "list-ul"),
        (_("Send a test"), "techport_webhooks_test", "mail"),
        (_("Secret"), "techport_webhooks_secret", "key"),
    ]


class EndpointViewSet(ModelViewSet):
    model = Endpoint
    name = "techport_webhooks"
    url_prefix = "webhooks"
    icon = "link-external"
    menu_label = gettext_lazy("Webhooks")
    menu_name = "techport-webhooks"
    menu_order = 600
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False  # a copy would have the secret of the original
    form_fields = EndpointForm.Meta.fields
    index_view_class = EndpointIndexView
    add_view_class = EndpointCreateView
    edit_view_class = EndpointEditView
    list_display = ["name", "url", BooleanColumn("is_active", label=gettext_lazy("Active")), "failures"]
    search_fields = ["name", "url"]

    def get_form_class(self, for_update: bool = False) -> type[EndpointForm]:
        return EndpointForm


endpoint_viewset = EndpointViewSet()
