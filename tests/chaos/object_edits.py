"""Edits of everything but pages, one method for each kind."""

from django.test import Client
from django.urls import reverse
from edited_site import EditedSite
from factories import ImageFactory
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Locale

from home.models import Navigation, SiteSettings
from techport_cms.content.models import ContentImage, ImageAltText


class ObjectEdits(EditedSite):
    def change_an_image(self) -> None:
        image = self._image()
        image.title = self.title()
        image.save()

    def change_a_focal_point(self) -> None:
        image = self._image()
        image.focal_point_x = image.focal_point_y = self.number % 100
        image.focal_point_width = image.focal_point_height = 10
        image.save(update_fields=[f"focal_point_{name}" for name in ("x", "y", "width", "height")])

    def delete_the_sizes_of_an_image(self) -> None:
        self._image().renditions.all().delete()

    def change_an_alternative_text(self) -> None:
        of = {"image": self._image(), "locale": self.locale()}
        if self.random.random() < 0.3:
            ImageAltText.objects.filter(**of).delete()
        else:
            ImageAltText.objects.update_or_create(**of, defaults={"text": self.title()})

    def tag_an_image(self) -> None:
        self._image().tags.set([self.slug()])

    def replace_an_image(self) -> None:
        """The pages that showed it show none, until somebody chooses another."""
        self._image().delete()
        ImageFactory(collection=self.pictures, title=self.title())

    def move_an_image(self) -> None:
        image = self._image()
        root = Collection.get_first_root_node()
        image.collection = root if image.collection == self.pictures else self.pictures
        image.save()

    def move_images_in_bulk(self) -> None:
        """Which only Wagtail's admin does, past Django's signals."""
        client = Client()
        client.force_login(self.chief)
        address = reverse(
            "wagtail_bulk_action", args=["techport_content", "contentimage", "add_to_collection"]
        )
        answer = client.post(f"{address}?id={self._image().pk}", {"collection": self.pictures.pk})
        if answer.status_code != 302:
            raise RuntimeError(answer.content.decode())

    def change_a_document(self) -> None:
        document = get_document_model().objects.first()
        document.title = self.title()
        document.save()

    def replace_a_document(self) -> None:
        get_document_model().objects.first().delete()
        self.new_document()

    def change_privacy_of_a_collection(self) -> None:
        restrictions = CollectionViewRestriction.objects.filter(collection=self.pictures)
        if not restrictions.all().delete()[0]:
            self._restrict(self.pictures)

    def move_a_collection(self) -> None:
        """Under a private one, or out of it."""
        root = Collection.get_first_root_node()
        private = root.get_children().filter(name="Privé").first()
        if private is None:
            private = root.add_child(name="Privé")
            self._restrict(private)
        pictures = Collection.objects.get(pk=self.pictures.pk)
        target = private if pictures.get_parent() == root else root
        pictures.move(Collection.objects.get(pk=target.pk), "sorted-child")

    def rename_a_term(self) -> None:
        term = self._term()
        term.name = self.title()
        term.save_revision().publish()

    def unpublish_a_term(self) -> None:
        self._term().unpublish()

    def save_a_term(self) -> None:
        term = self._term()
        term.live, term.sort_order = True, self.number
        term.save()

    def change_the_navigation(self) -> None:
        below = ("entry", {"label": "", "page": self.any_page(), "url": ""})
        entry = {"label": self.title(), "page": self.any_page(), "url": "", "children": [below]}
        navigation, _ = Navigation.objects.get_or_create(site=self.site(), locale=self.locale())
        navigation.main = [("entry", entry)]
        navigation.save_revision().publish()

    def change_the_settings(self) -> None:
        found, _ = SiteSettings.objects.get_or_create(site=self.site(), locale=self.locale())
        found.name = self.title()
        found.save_revision().publish()

    def change_a_redirect(self) -> None:
        link = f"/nummer-{self.number}/"
        Redirect.objects.update_or_create(old_path="/oud", site=None, defaults={"redirect_link": link})

    def delete_a_redirect(self) -> None:
        redirects = list(Redirect.objects.order_by("pk"))
        if redirects:
            self.random.choice(redirects).delete()

    def change_the_name_of_the_site(self) -> None:
        site = self.site()
        site.site_name = self.title()
        site.save()

    def change_the_address_of_the_site(self) -> None:
        site = self.site()
        site.port = 443 if site.port == 80 else 80
        site.save()

    def add_or_remove_a_language(self) -> None:
        if not Locale.all_objects.filter(language_code="de").delete()[0]:
            Locale.objects.create(language_code="de")

    def _image(self) -> ContentImage:
        return self.random.choice(list(ContentImage.objects.order_by("pk")))

    def _term(self):
        term = self.random.choice([self.category, self.topic, self.sector])
        return type(term).objects.get(pk=term.pk)

    def _restrict(self, collection: Collection) -> None:
        CollectionViewRestriction.objects.create(
            collection=collection, restriction_type=CollectionViewRestriction.LOGIN
        )
