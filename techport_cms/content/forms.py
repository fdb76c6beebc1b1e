from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import AbstractImage
from wagtail.models import Locale

from .models import ImageAltText


class ImageForm(BaseImageForm):
    """The form of an image in the admin, with a field for the alternative text in each language.

    Set WAGTAILIMAGES_IMAGE_FORM_BASE to it; it works with any image model.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = self._existing_texts()
        for locale in Locale.objects.all():
            self.fields[self._field_name(locale)] = forms.CharField(
                label=_("Alternative text (%(language)s)") % {"language": locale.get_display_name()},
                help_text=_("What the picture shows, for people who cannot see it."),
                initial=texts.get(locale.pk, ""),
                max_length=255,
                required=False,
            )

    def save(self, commit: bool = True) -> AbstractImage:
        image = super().save(commit=commit)
        if commit:
            self._save_texts(image)
        return image

    def _save_texts(self, image: AbstractImage) -> None:
        for locale in Locale.objects.all():
            name = self._field_name(locale)
            if name not in self.changed_data:
                continue
            if text := self.cleaned_data[name].strip():
                image.alt_texts.update_or_create(locale=locale, defaults={"text": text})
            else:
                image.alt_texts.filter(locale=locale).delete()

    def _existing_texts(self) -> dict[int, str]:
        if not self.instance.pk:
            return {}
        rows = ImageAltText.objects.filter(image=self.instance)
        return dict(rows.values_list("locale_id", "text"))

    def _field_name(self, locale: Locale) -> str:
        return f"alt_text_{locale.language_code.replace('-', '_')}"
