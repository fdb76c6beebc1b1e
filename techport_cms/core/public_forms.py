"""Forms for visitors, without a cookie: what stands in for Django's CSRF token, and against spam.

A page type that inherits CookielessFormMixin declares `cookieless_form`; routing.serve then
checks where a POST comes from instead of asking for a token. A CSRF attack abuses what a
visitor's cookies allow, and these forms look at none; the check keeps other sites from
posting through their visitors all the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.http import is_same_domain
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1
TOO_FAST = 2  # seconds in which nobody fills in a form
TOO_OLD = 24 * 3600  # seconds


def from_this_site(request: HttpRequest) -> bool:
    """Whether the browser says that this request was sent from a page of this very host.

    Every header that is there must say so, and one must be there: browsers send
    Sec-Fetch-Site and Origin with every POST, older ones the Referer.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    if origin is not None:
        return _is_own_origin(request, origin)
    return site is not None or _is_own_origin(request, request.headers.get("Referer", ""))


def only_from_this_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `csrf_protect`, for forms without a cookie: what other sites send is refused with 403."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in SAFE_METHODS or from_this_site(request):
            return view(request, *args, **kwargs)
        refuse = import_string(settings.CSRF_FAILURE_VIEW)
        return refuse(request, reason="Neither Origin nor Referer names this site.")

    return checked


def _is_own_origin(request: HttpRequest, address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if (parts.scheme, parts.netloc) == (request.scheme, request.get_host().lower()):
        return True
    trusted = (urlsplit(origin) for origin in settings.CSRF_TRUSTED_ORIGINS)
    return any(
        parts.scheme == own.scheme and is_same_domain(parts.netloc, own.netloc.lstrip("*")) for own in trusted
    )


class SpamGuard(forms.Form):
    """Two fields that people never see: a signed time, and one that only programs fill in.

    It stands in the same <form> as the visible one. Its prefix holds a hyphen, which no
    field of Wagtail's form builder has.
    """

    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, scope: str, data: Any = None) -> None:
        super().__init__(data, prefix="guard")
        self.scope = scope
        self._signer = TimestampSigner(salt=f"techport_core.public_forms:{scope}")
        self.fields["opened"].initial = self._signer.sign("opened")

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _("Something in your browser filled in a hidden field. Send the form again.")
            )
        return ""

    def clean_opened(self) -> str:
        token = self.cleaned_data["opened"]
        try:
            self._signer.unsign(token, max_age=TOO_OLD)
        except SignatureExpired:
            raise forms.ValidationError(
                _("The form was open for a long time. Check what you entered and send it again.")
            ) from None
        except BadSignature:
            raise forms.ValidationError(_("We could not check your form. Please send it again.")) from None
        try:
            self._signer.unsign(token, max_age=TOO_FAST)
        except SignatureExpired:
            return token
        raise forms.ValidationError(_("That was very fast. Wait a few seconds and send the form again."))

    def again(self) -> "SpamGuard":
        """The guard for the form that is shown again: nothing filled in, the time starts anew."""
        return type(self)(self.scope)

    def problems(self) -> list[str]:
        """What to tell the visitor, above the form."""
        return [str(message) for errors in self.errors.values() for message in errors]


def spam_guard(page: Any, data: Any = None) -> SpamGuard:
    """The guard of a page's form, on the website and in the API alike: what one has signed, both take."""
    return SpamGuard(f"page-{page.pk}", data)


# The page's own methods come from the classes that it stands beside.
_FormPage: Any = object


class CookielessFormMixin(_FormPage):
    """For a page with Wagtail's FormMixin: POST answers 303 to `?sent=1`, or 422 with what is wrong.

    Whatever is refused, the visitor gets back what he typed. Nothing here touches the session.
    """

    cookieless_form = True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return self._receive(request)
        if "sent" in request.GET:
            return self.render_landing_page(request)
        return self._show(request, self.get_form(page=self), self.get_spam_guard())

    def get_spam_guard(self, data: Any = None) -> SpamGuard:
        return spam_guard(self, data)

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        context = super().get_preview_context(request, mode_name)
        return {**context, "guard": self.get_spam_guard()}

    def _receive(self, request: HttpRequest) -> HttpResponse:
        form = self.get_form(request.POST, request.FILES, page=self)
        guard = self.get_spam_guard(request.POST)
        for problem in guard.problems():
            form.add_error(None, problem)
        if not form.is_valid():
            return self._show(request, form, guard.again(), status=422)
        self.process_form_submission(form)
        # 303: a reload of the answer sends nothing again.
        return HttpResponseRedirect(f"{self.get_url(request)}?sent=1", status=303)

    def _show(
        self, request: HttpRequest, form: forms.Form, guard: SpamGuard, status: int = 200
    ) -> HttpResponse:
        context = {**self.get_context(request), "form": form, "guard": guard}
        response = TemplateResponse(request, self.get_template(request), context, status=status)
        # A kept copy would hand out a time that is long past.
        patch_cache_control(response, private=True, no_store=True)
        return response
