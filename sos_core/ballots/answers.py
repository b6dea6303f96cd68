"""What one participant answered, and its canonical bytes: equal answers give equal bytes."""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sos_core.content import Questionnaire
from sos_core.errors import InvalidInput

FORMAT = 1
NO_ANSWER = 0
CANNOT_JUDGE = 255
COMMENT_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by question key (1–5, None: cannot judge; activities: the band's number from 1)."""

    choices: Mapping[str, int | None] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)


def check_answers(answers: Answers, questionnaire: Questionnaire) -> Answers:
    """Return ``answers`` with tidy comments; raise InvalidInput where one is impossible."""
    largest = questionnaire.options
    for key, choice in answers.choices.items():
        # A respondent sends dozens at once: nearly all of them are plain numbers.
        if type(choice) is int and 1 <= choice <= largest.get(key, 0):
            continue
        if choice is not None or key not in questionnaire.judged:
            raise InvalidInput(
                "“{choice}” is no answer to the question {key}.",
                "Choose one of the options that the question offers.",
                code="answer_impossible",
                field=key,
                values={"choice": "none" if choice is None else choice, "key": key},
            )
    prompts = set(questionnaire.comments)
    comments: dict[str, str] = {}
    for key, raw in answers.comments.items():
        text = tidy(raw)
        if key not in prompts or len(text) > COMMENT_CHARACTERS:
            raise InvalidInput(
                "A comment may have {most} characters and must belong to a question.",
                "Shorten the comment.",
                code="comment_impossible",
                field=key,
                values={"most": COMMENT_CHARACTERS},
            )
        if text:
            comments[key] = text
    return Answers(dict(answers.choices), comments)


def tidy(text: str) -> str:
    """Return a comment without control characters and surrounding blanks, in composed form."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def encode(answers: Answers, questionnaire: Questionnaire, *, sequence: int = 0) -> bytes:
    """Return the canonical bytes: format, the client's sequence, a byte a question, comments."""
    given = answers.choices
    row = bytes(
        [
            CANNOT_JUDGE if (choice := given.get(key, NO_ANSWER)) is None else choice
            for key in questionnaire.variables
        ]
    )
    comments = {key: answers.comments[key] for key in sorted(answers.comments)}
    text = json.dumps(comments, ensure_ascii=False, separators=(",", ":")) if comments else ""
    return struct.pack(">BIH", FORMAT, sequence, len(row)) + row + text.encode()


def decode(plaintext: bytes, questionnaire: Questionnaire) -> tuple[Answers, int]:
    """Return the answers and the client's sequence that ``encode`` wrote."""
    row, text, sequence = split(plaintext)
    choices = {
        key: None if byte == CANNOT_JUDGE else byte
        for key, byte in zip(questionnaire.variables, row, strict=True)
        if byte != NO_ANSWER
    }
    return Answers(choices, json.loads(text) if text else {}), sequence


def unnumbered(plaintext: bytes) -> bytes:
    """Return canonical bytes with no sequence: equal for equal answers."""
    return plaintext[:1] + bytes(4) + plaintext[5:]


def split(plaintext: bytes) -> tuple[bytes, bytes, int]:
    """Return (a byte a question, the comments' JSON, the sequence) of canonical bytes."""
    version, sequence, count = struct.unpack_from(">BIH", plaintext)
    if version != FORMAT:
        raise InvalidInput("The ballot was written by a newer version.", "Update this server.")
    start = struct.calcsize(">BIH")
    return plaintext[start : start + count], plaintext[start + count :], sequence
