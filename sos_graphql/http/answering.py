"""The survey form as pages: one area a page, then the activities; what a page shows and takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sos_core.content import Activity, Area, Questionnaire, text
from sos_graphql.http.visits import Sent

CANNOT_JUDGE = "0"
COMMENT_CHARACTERS = 2000
WAS = "was."
"""Before the name of a question: the answer that its page showed when it was opened."""

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
    comment = _words(sent, page.comment_key) if page.comment_key else ""
    return choices, {page.comment_key: comment} if comment else {}


def shown(page: FormPage) -> dict[str, str]:
    """Return what a page shows as answered, as its form would send it; unanswered ones are left out."""
    chosen = {q.key: o.value for q in page.questions for o in q.options if o.chosen}
    return chosen | ({page.comment_key: page.comment} if page.comment else {})


def was(page: FormPage, sent: Sent) -> dict[str, str]:
    """Return what a page showed when its form was opened, which the form sends along."""
    found = {name: _words(sent, WAS + name) for name in _names(page)}
    return {name: value for name, value in found.items() if value}


def merged(
    page: FormPage, sent: Sent, choices: Choices, comments: Mapping[str, str]
) -> tuple[dict[str, int | None], dict[str, str], dict[str, str]]:
    """Return (choices, comments, elsewhere): what is stored with what was changed on this page.

    A question that the form leaves as it showed it keeps what is stored, for another device may
    have answered it since. ``elsewhere`` holds, for questions that were answered otherwise on
    another device, the option or the words that now give way.
    """
    before, elsewhere = was(page, sent), dict[str, str]()
    new_choices, new_comments = dict(choices), dict(comments)
    offered = {q.key: {option.value for option in q.options} for q in page.questions}
    for key, values in offered.items():
        stored = _sent_as(choices[key]) if key in choices else ""
        given = sent.one(key) if sent.one(key) in values else ""
        value, other = settled(before.get(key, ""), given, stored)
        new_choices.pop(key, None)
        if value:
            new_choices[key] = None if value == CANNOT_JUDGE else int(value)
        if other:
            elsewhere[key] = other
    if key := page.comment_key:
        given, stored = _words(sent, key), comments.get(key, "")
        words, other = settled(before.get(key, ""), given, stored)
        if other:
            words, other = both(other, words)
        new_comments.pop(key, None)
        if words:
            new_comments[key] = words
        if other:
            elsewhere[key] = other
    return new_choices, new_comments, elsewhere


def settled(before: str, given: str, stored: str) -> tuple[str, str]:
    """Return (what holds, what gives way to it) of an answer; both devices began with ``before``.

    Nothing that was typed gives way to a gap, and only what both have changed is worth a question.
    """
    if given in (before, stored):
        return stored, ""
    if stored in (before, ""):
        return given, ""
    return (given, stored) if given else (stored, "")


def both(elsewhere: str, here: str) -> tuple[str, str]:
    """Return two comments on one prompt as one, and what of them does not fit."""
    if here in elsewhere or elsewhere in here:
        return max(here, elsewhere, key=len), ""
    joined = f"{elsewhere}\n\n{here}"
    return (joined, "") if len(joined) <= COMMENT_CHARACTERS else (here, elsewhere)


def _names(page: FormPage) -> list[str]:
    commented = [page.comment_key] if page.comment_key else []
    return [question.key for question in page.questions] + commented


def _words(sent: Sent, name: str) -> str:
    return sent.one(name).replace("\r\n", "\n")


def _sent_as(choice: int | None) -> str:
    return CANNOT_JUDGE if choice is None else str(choice)


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
    chosen = _sent_as(choices.get(key, -1))
    options = tuple(
        Option(value, label, value == chosen, value == CANNOT_JUDGE) for value, label in labels
    )
    return Question(key, words, options)
