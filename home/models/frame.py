"""What every page shows around its content: one row per site and language, with drafts."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import DraftStateMixin, RevisionMixin, Site, TranslatableMixin
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..blocks import NavigationBlocks, SocialLinkBlocks


def default_site() -> int | None:
    """Where there is one site, nobody has to choose."""
    site = Site.objects.filter(is_default_site=True).first()
    return site.pk if site else None


class PerSiteAndLanguage(DraftStateMixin, RevisionMixin, TranslatableMixin, models.Model):
    """One row for each site and language; `str()` names both."""

    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.CASCADE, default=default_site, related_name="+"
    )

    class Meta(TranslatableMixin.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["site", "locale"], name="%(app_label)s_%(class)s_site_and_locale")
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.site} ({self.locale})"

    def clean(self) -> None:
        # The form does not hold the language, so Django would not check the constraint.
        super().clean()
        others = type(self).objects.filter(site_id=self.site_id, locale_id=self.locale_id)
        if others.exclude(pk=self.pk).exists():
            raise ValidationError(
                {
                    "site": _(
                        "This site already has one in this language. Edit that one instead of adding another."
                    )
                }
            )


class SiteSettings(PerSiteAndLanguage):
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("tagline"), max_length=255, blank=True)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact e-mail address"), blank=True)
    contact_label = models.CharField(
        _("text of the link to it"), max_length=60, blank=True, help_text=_("Empty: the address itself.")
    )
    phone = models.CharField(_("phone number"), max_length=30, blank=True)
    address = models.TextField(_("postal address"), blank=True)
    social_links = StreamField(SocialLinkBlocks(), verbose_name=_("social networks"), blank=True)
    footer_text = models.TextField(_("text in the footer"), blank=True)
    notice = models.CharField(
        _("notice on every page"),
        max_length=255,
        blank=True,
        help_text=_("For example that this is a demonstration."),
    )
    seo_title = models.CharField(
        _("title for search engines"),
        max_length=120,
        blank=True,
        help_text=_("Of the home page, unless it has its own."),
    )
    description = models.CharField(
        _("description for search engines"),
        max_length=255,
        blank=True,
        help_text=_("Of pages that have none of their own."),
    )
    social_image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("social image"),
        help_text=_("Of pages that have none of their own. 1200 by 630 pixels are cut out of it."),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    panels = [
        FieldPanel("site"),
        MultiFieldPanel(["name", "tagline", "organisation", "notice"], heading=_("Name")),
        MultiFieldPanel(
            ["contact_email", "contact_label", "phone", "address", "social_links"], heading=_("Contact")
        ),
        FieldPanel("footer_text"),
        MultiFieldPanel(
            ["seo_title", "description", "social_image"], heading=_("For search engines and sharing")
        ),
    ]
    translatable_fields = [
        SynchronizedField("site", overridable=False),
        TranslatableField("name"),
        TranslatableField("tagline"),
        TranslatableField("organisation"),
        SynchronizedField("contact_email"),
        TranslatableField("contact_label"),
        SynchronizedField("phone"),
        TranslatableField("address"),
        TranslatableField("social_links"),
        TranslatableField("footer_text"),
        TranslatableField("notice"),
        TranslatableField("seo_title"),
        TranslatableField("description"),
        SynchronizedField("social_image"),
    ]

    class Meta(PerSiteAndLanguage.Meta):
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")


class Navigation(PerSiteAndLanguage):
    main = StreamField(NavigationBlocks(), verbose_name=_("main navigation"), blank=True)
    footer = StreamField(NavigationBlocks(), verbose_name=_("footer navigation"), blank=True)

    panels = [FieldPanel("site"), FieldPanel("main"), FieldPanel("footer")]
    translatable_fields = [
        SynchronizedField("site", overridable=False),
        TranslatableField("main"),
        TranslatableField("footer"),
    ]

    class Meta(PerSiteAndLanguage.Meta):
        verbose_name = _("navigation")
        verbose_name_plural = _("navigation")
