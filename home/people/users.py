"""The admin's list of users: a language for each, and an invitation by mail."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.localization import get_available_admin_languages
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.models import UserProfile
from wagtail.users.views.users import IndexView, UserViewSet

from .mail import is_invited, language_of, send_invitation

User = get_user_model()


class LanguageMixin(forms.Form):
    """Adds the language of the user's admin and mails, which is kept in the user's profile."""

    preferred_language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of the admin and of the mails that this user gets."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["preferred_language"]
        field.choices = get_available_admin_languages()  # type: ignore[attr-defined]
        user = self.instance  # type: ignore[attr-defined]
        field.initial = language_of(user) if user.pk else None

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)  # type: ignore[misc]
        profile = UserProfile.get_for_user(user)
        profile.preferred_language = self.cleaned_data["preferred_language"]
        profile.save()
        return user


class StaffCreationForm(LanguageMixin, UserCreationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = gettext_lazy(
            "Leave empty: the user gets a mail with a link to choose a password."
        )


class StaffEditForm(LanguageMixin, UserEditForm):
    pass


class StaffIndexView(IndexView):
    def get_list_more_buttons(self, instance: Any) -> list:
        buttons = super().get_list_more_buttons(instance)
        if is_invited(instance) and _may_invite(self.request.user):
            url = reverse("people_invite", args=[instance.pk])
            buttons.append(Button(_("Invite again"), url, icon_name="mail", priority=15))
        return buttons


class StaffViewSet(UserViewSet):
    index_view_class = StaffIndexView
    create_template_name = "people/user_create.html"
    edit_template_name = "people/user_edit.html"

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return StaffEditForm if for_update else StaffCreationForm


@require_http_methods(["GET", "HEAD", "POST"])
def invite_view(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask, then mail the invitation once more to a user who has no password yet."""
    if not _may_invite(request.user):
        raise PermissionDenied
    user = get_object_or_404(User, pk=pk)
    list_url = reverse("wagtailusers_users:index")
    if not is_invited(user):
        messages.error(request, _("%(name)s has a password already.") % {"name": user.get_username()})
        return redirect(list_url)
    if request.method == "POST":
        invite_after_commit(request, user)
        return redirect(list_url)
    context = {"user_to_invite": user, "list_url": list_url, "page_title": _("Invite again")}
    return TemplateResponse(request, "people/invite.html", context)


def invite_after_commit(request: HttpRequest, user: Any) -> None:
    """Only a user who is surely there gets a link; the one who invites is told whether it was sent."""
    transaction.on_commit(lambda: _invite(request, user))


def _invite(request: HttpRequest, user: Any) -> None:
    try:
        send_invitation(user)
    except OSError:  # the base of SMTPException too
        messages.error(
            request,
            _("The invitation could not be mailed to %(email)s. Use “Invite again” later.")
            % {"email": user.email},
        )
    else:
        messages.success(request, _("An invitation was mailed to %(email)s.") % {"email": user.email})


def _may_invite(user: Any) -> bool:
    return policy_registry.get_by_type(User).user_has_permission(user, "change")
