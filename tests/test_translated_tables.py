"""What is text in a table is translated; numbers, and the shape of the table, come from the source."""

from typing import Any

import pytest
from factories import QuestionPageFactory
from made_once import made_once
from translating import faq_index, submit
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from faq.models import QuestionPage

pytestmark = pytest.mark.django_db

WORDS = {
    "Onderwijs en werk": "Education and work",
    "Jaar": "Year",
    "Plaats": "Place",
    "Scholen": "Schools",
    "Aan zee": "By the sea",
}


def table(*rows: list[Any]) -> dict[str, Any]:
    return {
        "caption": "Onderwijs en werk",
        "columns": [
            {"type": "text", "heading": "Jaar"},
            {"type": "text", "heading": "Plaats"},
            {"type": "number", "heading": "Scholen"},
        ],
        "rows": [{"values": row} for row in rows],
    }


def shown(page: QuestionPage) -> dict[str, Any]:
    return page.answer[0].block.get_prep_value(page.answer[0].value)


@made_once
def question() -> QuestionPage:
    answer = [{"type": "table", "id": "1", "value": table(["2024", "Aan zee", 23], ["2025", "Aan zee", 24])}]
    return QuestionPageFactory(parent=faq_index(), title="Hoeveel?", answer=answer)


def texts_of_the_answer(page: QuestionPage) -> list[str]:
    segments = StringSegment.objects.filter(source=submit(page).source, context__path__startswith="answer")
    return list(segments.order_by("order").values_list("string__data", flat=True))


def translate(translation: Translation) -> None:
    """What is in WORDS; all else is the same in both languages."""
    for segment in StringSegment.objects.filter(source=translation.source).select_related("string"):
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=translation.target_locale,
            defaults={"data": WORDS.get(segment.string.data, segment.string.data)},
        )
    translation.save_target()


def test_a_translator_gets_each_text_once(question: QuestionPage) -> None:
    assert texts_of_the_answer(question) == [
        "Onderwijs en werk",
        "Jaar",
        "Plaats",
        "Scholen",
        "2024",
        "Aan zee",
        "2025",
    ]


def test_the_translation_has_the_texts_of_the_translator_and_the_numbers_of_the_source(
    question: QuestionPage,
) -> None:
    translation = submit(question)
    translate(translation)
    english = shown(translation.get_target_instance())
    assert english["caption"] == "Education and work"
    assert [column["heading"] for column in english["columns"]] == ["Year", "Place", "Schools"]
    rows = [row["values"] for row in english["rows"]]
    assert [[str(value) for value in row] for row in rows] == [
        ["2024", "By the sea", "23"],
        ["2025", "By the sea", "24"],
    ]
    assert shown(question)["columns"][0]["heading"] == "Jaar"


def test_a_row_in_between_leaves_the_other_translations(question: QuestionPage) -> None:
    translation = submit(question)
    translate(translation)
    rows = [["2023", "In de stad", 20], ["2024", "Aan zee", 23], ["2025", "Aan zee", 24]]
    question.answer = [{"type": "table", "id": "1", "value": table(*rows)}]
    question.save()
    translation.source.update_from_db()
    total, done = translation.get_progress()
    assert total - done == 2  # "2023" and "In de stad"


def test_an_empty_table_has_no_texts(question: QuestionPage) -> None:
    question.answer = [{"type": "table", "id": "1", "value": {"caption": "", "columns": [], "rows": []}}]
    question.save()
    assert texts_of_the_answer(question) == []
