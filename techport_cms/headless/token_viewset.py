"""The admin's list of channel tokens, under Settings."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.usage import UsageView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from .models import ChannelToken


def tokens_of(user: Any) -> QuerySet[ChannelToken]:
    """Those that this person may see and change, where he may manage tokens at all. Drafts are read with
    the owner's rights: nobody but an administrator may give a token those of another person."""
    tokens = ChannelToken.objects.select_related("user")
    return tokens if user.is_superuser else tokens.filter(user=user)


class ChannelTokenForm(WagtailAdminModelForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=ChannelToken.Scope.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is public can be read without a token."),
    )

    class Meta:
        model = ChannelToken
        fields = ["name", "user", "scopes", "expires_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = get_user_model().objects.all()
        self.fields["user"].queryset = (
            people if self.for_user.is_superuser else people.filter(pk=self.for_user.pk)
        )
        self.fields["user"].initial = self.for_user.pk


class TokenIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[ChannelToken]:
        return tokens_of(self.request.user)

    def get_list_more_buttons(self, instance: Any) -> list:
        buttons = super().get_list_more_buttons(instance)
        if self.user_has_permission_for_instance("change", instance):
            for priority, (label, name, icon) in enumerate(links(instance), 12):
                url = reverse(name, args=[instance.pk])
                buttons.append(MenuItem(label, url=url, icon_name=icon, priority=priority))
        return buttons


class TokenCreateView(generic.CreateView):
    def get_success_url(self) -> str:
        return reverse("techport_headless_token", args=[self.object.pk])


class TokenEditView(generic.EditView):
    def get_queryset(self) -> QuerySet[ChannelToken]:
        return tokens_of(self.request.user)

    @property
    def header_more_buttons(self) -> list:
        buttons = super().header_more_buttons
        for priority, (label, name, icon) in enumerate(links(self.object), 12):
            url = reverse(name, args=[self.object.pk])
            buttons.append(Button(label, url=url, icon_name=icon, priority=priority))
        return buttons


class TokenDeleteView(generic.DeleteView):
    def get_queryset(self) -> QuerySet[ChannelToken]:
        return tokens_of(self.request.user)


class TokenHistoryView(HistoryView):
    def get_base_object_queryset(self) -> QuerySet[ChannelToken]:
        return tokens_of(self.request.user)


class TokenUsageView(UsageView):
    def get_base_object_queryset(self) -> QuerySet[ChannelToken]:
        return tokens_of(self.request.user)


def links(token: ChannelToken) -> list[tuple[str, str, str]]:
    """Label, URL name and icon of what can be done with a token besides."""
    revoke = (_("Revoke"), "techport_headless_revoke_token", "cross")
    return [(_("Token"), "techport_headless_token", "key"), *([] if token.revoked_at else [revoke])]


class ChannelTokenViewSet(ModelViewSet):
    model = ChannelToken
    name = "techport_channel_tokens"
    url_prefix = "channel-tokens"
    icon = "key"
    menu_label = gettext_lazy("Channel tokens")
    menu_name = "techport-channel-tokens"
    menu_order = 610
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = False
    form_fields = ChannelTokenForm.Meta.fields
    index_view_class = TokenIndexView
    add_view_class = TokenCreateView
    edit_view_class = TokenEditView
    delete_view_class = TokenDeleteView
    history_view_class = TokenHistoryView
    usage_view_class = TokenUsageView
    list_display = [
        "name",
        "user",
        "hint",
        Column("state", label=gettext_lazy("State")),
        "expires_at",
        "last_used_at",
    ]
    search_fields = ["name", "hint"]

    def get_form_class(self, for_update: bool = False) -> type[ChannelTokenForm]:
        return ChannelTokenForm


channel_token_viewset = ChannelTokenViewSet()
