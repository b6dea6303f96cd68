"""The survey form as pages: one area a page, then the activities; what a page shows and takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sos_core.content import Activity, Area, Questionnaire, text
from sos_graphql.http.visits import Sent

CANNOT_JUDGE = "0"
COMMENT_CHARACTERS = 2000

Choices = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; ``value`` is what the form sends."""

    value: str
    label: str
    chosen: bool
    way_out: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its options."""

    key: str
    text: str
    options: tuple[Option, ...]

    @property
    def answered(self) -> bool:
        """Return whether an option is chosen, “cannot judge” included."""
        return any(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page of the form; ``comment_key`` is empty where nothing is commented."""

    number: int
    total: int
    title: str
    description: str
    questions: tuple[Question, ...]
    likert: bool
    comment_key: str = ""
    comment_prompt: str = ""
    comment: str = ""

    @property
    def unanswered(self) -> int:
        """Return how many questions have no answer."""
        return sum(not question.answered for question in self.questions)


def form_pages(
    asked: Questionnaire, language: str, choices: Choices, comments: Mapping[str, str]
) -> list[FormPage]:
    """Return all pages of the form with what was answered so far."""
    total = len(asked.areas) + 1
    pages = [
        _area_page(asked, area, language, choices, comments, (number, total))
        for number, area in enumerate(asked.areas, start=1)
    ]
    return [*pages, _activity_page(asked, language, choices, total)]


def first_open_page(pages: list[FormPage]) -> int:
    """Return the number of the first page with an unanswered question; after the last: the review."""
    return next((page.number for page in pages if page.unanswered), len(pages) + 1)


def taken(page: FormPage, sent: Sent) -> tuple[dict[str, int | None], dict[str, str]]:
    """Return (choices, comments) that a page's form holds; what it does not hold is no answer.

    A choice that no option offers is left out here: only a form that is not ours sends it.
    """
    choices: dict[str, int | None] = {}
    for question in page.questions:
        value = sent.one(question.key)
        if any(option.value == value for option in question.options):
            choices[question.key] = None if value == CANNOT_JUDGE else int(value)
    comment = sent.one(page.comment_key).replace("\r\n", "\n") if page.comment_key else ""
    return choices, {page.comment_key: comment} if comment else {}


def merged(
    page: FormPage,
    sent: Sent,
    choices: Choices,
    comments: Mapping[str, str],
) -> tuple[dict[str, int | None], dict[str, str]]:
    """Return everything answered so far, with this page's part taken from its form."""
    own = {question.key for question in page.questions}
    new_choices, new_comments = taken(page, sent)
    kept = {key: value for key, value in choices.items() if key not in own}
    noted = {key: words for key, words in comments.items() if key != page.comment_key}
    return kept | new_choices, noted | new_comments


def _area_page(
    asked: Questionnaire,
    area: Area,
    language: str,
    choices: Choices,
    comments: Mapping[str, str],
    place: tuple[int, int],
) -> FormPage:
    scale = [(str(value), text(language, f"scale.{value}")) for value in asked.scale]
    scale.append((CANNOT_JUDGE, text(language, "scale.cannot_judge")))
    questions = tuple(
        _question(item.key, text(language, item.text_key), scale, choices)
        for item in area.statements
    )
    return FormPage(
        *place,
        title=text(language, area.name_key),
        description=text(language, area.description_key),
        questions=questions,
        likert=True,
        comment_key=area.comment_key,
        comment_prompt=text(language, area.comment_key),
        comment=comments.get(area.comment_key, ""),
    )


def _activity_page(asked: Questionnaire, language: str, choices: Choices, total: int) -> FormPage:
    return FormPage(
        total,
        total,
        title=text(language, "activity.title"),
        description=text(language, "activity.introduction"),
        questions=tuple(_activity(item, language, choices) for item in asked.activities),
        likert=False,
    )


def _activity(item: Activity, language: str, choices: Choices) -> Question:
    bands = [
        (str(value), text(language, band.text_key))
        for value, band in enumerate(item.bands, start=1)
    ]
    return _question(item.key, text(language, item.text_key), bands, choices)


def _question(key: str, words: str, labels: list[tuple[str, str]], choices: Choices) -> Question:
    given = choices.get(key, -1)
    chosen = CANNOT_JUDGE if given is None else str(given)
    options = tuple(
        Option(value, label, value == chosen, value == CANNOT_JUDGE) for value, label in labels
    )
    return Question(key, words, options)
