from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from wagtail.models import Locale, Site
from wagtail_localize.operations import translate_object

from home.models import Navigation, SiteSettings


class Command(BaseCommand):
    help = (
        "Add a language to the site: its locale, and drafts of the home page, the navigation and the "
        "site settings for translators. Nothing is public before they publish it. Can be run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", help="code of the language, for example de")

    @transaction.atomic
    def handle(self, *args: Any, language: str, **options: Any) -> None:
        self._check(language)
        locale, created = Locale.objects.get_or_create(language_code=language)
        if created:
            self.stdout.write(f"Locale {locale} added.")
        for item in self._what_every_language_needs():
            if not item.has_translation(locale):
                translate_object(item, [locale])
                self.stdout.write(f"Ready to be translated: {item}")
        self.stdout.write(f"Publish the home page in {locale} to open /{language}/.")

    def _check(self, language: str) -> None:
        codes = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
        if language not in codes:
            wanted = ",".join([*codes, language])
            raise CommandError(f"Set CONTENT_LANGUAGES={wanted} first (in .env), then restart the site.")
        if language == settings.LANGUAGE_CODE:
            raise CommandError(f"{language} is the default language and there already.")

    def _what_every_language_needs(self) -> list[Any]:
        default = Locale.get_default()
        homes = [site.root_page.specific for site in Site.objects.select_related("root_page")]
        rows = [*Navigation.objects.filter(locale=default), *SiteSettings.objects.filter(locale=default)]
        return [*homes, *rows]
