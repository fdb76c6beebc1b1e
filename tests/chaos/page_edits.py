"""Edits of pages, one method for each kind: content, tree, languages, privacy, schedule."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from edited_site import EditedSite
from factories import QuestionPageFactory, translated
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, PageViewRestriction
from wagtail_localize.models import TranslationSource

from faq.models import QuestionPage

MANY = 40  # pages; above that, rather fewer than more


class PageEdits(EditedSite):
    def publish(self) -> None:
        page = self.any_page()
        page.title = self.title()
        page.save_revision().publish()

    def publish_the_home_page(self) -> None:
        home = Page.objects.get(pk=self.site().root_page_id).specific
        home.search_description = self.title()
        home.save_revision().publish()

    def save_the_row(self) -> None:
        page = self.any_page()
        page.title = self.title()
        page.save()

    def save_a_draft(self) -> None:
        page = self.any_page()
        page.title = self.title()
        page.save_revision()

    def unpublish(self) -> None:
        self.any_page().unpublish()

    def unpublish_a_tree(self) -> None:
        action = UnpublishPageAction(self.deeper(), user=self.chief, include_descendants=True)
        action.execute(
            skip_permission_checks=True
        )  # nobody may where the top is not live; what is below may be

    def publish_a_tree(self) -> None:
        for page in self.deeper().get_descendants(inclusive=True).filter(alias_of=None).specific():
            page.save_revision().publish()

    def publish_by_schedule(self) -> None:
        page = self.any_page()
        page.title = self.title()
        page.go_live_at = timezone.now() - timedelta(minutes=1)
        page.save_revision(approved_go_live_at=page.go_live_at)
        call_command("publish_scheduled")

    def expire(self) -> None:
        page = self.any_leaf()
        Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        call_command("publish_scheduled")

    def create(self) -> None:
        if Page.objects.count() > MANY:
            self.delete()
            return
        parent = self.any_page(slug="vragen")
        page = QuestionPageFactory(parent=parent, title=self.title(), slug=self.slug())
        page.save_revision().publish()

    def delete(self) -> None:
        page = self.any_leaf()
        if page.get_siblings().count() > 1:
            page.delete()

    def delete_a_tree(self) -> None:
        self.deeper().delete()

    def copy(self) -> None:
        if Page.objects.count() < MANY:
            self.any_leaf().copy(update_attrs={"slug": self.slug(), "title": self.title()})

    def copy_a_tree(self) -> None:
        if Page.objects.count() < MANY:
            attributes = {"slug": self.slug(), "title": self.title()}
            self.deeper().copy(recursive=True, update_attrs=attributes)

    def make_an_alias(self) -> None:
        if Page.objects.count() < MANY:
            self.any_leaf().create_alias(update_slug=self.slug())

    def make_an_alias_of_an_alias(self) -> None:
        alias = Page.objects.exclude(alias_of=None).first()
        if alias is not None and Page.objects.count() < MANY:
            alias.specific.create_alias(update_slug=self.slug())

    def turn_a_translation_into_an_alias(self) -> None:
        """As wagtail-localize's form does."""
        pages = Page.objects.filter(depth=4, locale__language_code="en", alias_of=None)
        if pages.count() > 2:
            page = self.random.choice(list(pages)).specific
            page.alias_of = page.get_translations().filter(locale__language_code="nl").first()
            page.save(update_fields=["alias_of_id"], clean=False)

    def convert_an_alias(self) -> None:
        alias = Page.objects.exclude(alias_of=None).first()
        if alias is None:
            self.make_an_alias()
            return
        ConvertAliasPageAction(alias.specific).execute(skip_permission_checks=True)

    def move_among_siblings(self) -> None:
        page = self.any_leaf()
        first = page.get_parent().get_first_child()
        if page != first:
            page.move(first, pos="left")

    def move_to_another_parent(self) -> None:
        index = self.deeper()
        questions = QuestionPage.objects.filter(locale=index.locale, alias_of=None)
        taken = index.get_children().values("slug")
        outside = list(questions.not_descendant_of(index).exclude(slug__in=taken))
        if outside:
            self.random.choice(outside).move(index, pos="last-child")

    def move_a_tree(self) -> None:
        tree = self.deeper()
        parents = Page.objects.filter(depth__lte=3, slug__in=["vragen", "partners", "nieuws"])
        target = self.random.choice(list(parents.filter(locale=tree.locale)))
        if tree.get_parent() != target:
            tree.move(target, pos="last-child")

    def change_the_slug(self) -> None:
        page = self.any_leaf()
        page.slug = self.slug()
        page.save_revision().publish()

    def change_the_slug_of_a_tree(self) -> None:
        page = self.deeper()
        page.slug = self.slug()
        page.save_revision().publish()
        page.slug = "verdieping"  # whose name the other edits look for
        page.save_revision().publish()

    def change_the_slug_of_the_home_page(self) -> None:
        home = Page.objects.get(pk=self.site().root_page_id).specific
        home.slug = f"thuis-{self.number}"
        home.save_revision().publish()

    def rename_what_is_above(self) -> None:
        index = self.any_page(depth=3)
        index.title = self.title()
        index.save_revision().publish()

    def translate(self) -> None:
        pages = Page.objects.filter(depth=4, locale__language_code="nl", alias_of=None)
        missing = [page for page in pages if not page.get_translations().exists()]
        if missing and Page.objects.count() < MANY:
            page = self.random.choice(missing).specific
            translated(page, "en", slug=self.slug(), title=self.title())

    def publish_a_translation(self) -> None:
        page = self.any_page(locale__language_code="en")
        page.title = self.title()
        page.save_revision().publish()

    def publish_at_the_translators_desk(self) -> None:
        page = self.any_page(locale__language_code="en")
        original = page.get_translations().filter(locale__language_code="nl", alias_of=None).first()
        if original is not None:
            source, _ = TranslationSource.update_or_create_from_instance(original.specific)
            source.create_or_update_translation(page.locale, fallback=True)

    def unpublish_a_translation(self) -> None:
        self.any_page(locale__language_code="en").unpublish()

    def change_privacy(self) -> None:
        self._toggle(self.any_page())

    def change_privacy_of_a_tree(self) -> None:
        self._toggle(self.deeper())

    def change_the_kind_of_privacy(self) -> None:
        restriction = PageViewRestriction.objects.first()
        if restriction is None:
            self.change_privacy()
            return
        restriction.restriction_type, restriction.password = PageViewRestriction.PASSWORD, "geheim"
        restriction.save()

    def _toggle(self, page: Page) -> None:
        if not page.view_restrictions.all().delete()[0]:
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
