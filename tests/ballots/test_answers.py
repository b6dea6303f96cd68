"""Answers keep their meaning through the canonical bytes, and impossible ones are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.ballots.answers import Answers, check_answers, decode, encode
from sos_core.content import questionnaire
from sos_core.errors import InvalidInput

FORM = questionnaire()
STATEMENTS = [statement.key for statement in FORM.statements]
choices = st.fixed_dictionaries(
    {},
    optional={
        key: st.integers(1, most) | (st.none() if key in STATEMENTS else st.nothing())
        for key, most in FORM.options.items()
    },
)
comments = st.dictionaries(st.sampled_from(FORM.comments), st.text(max_size=300))


@given(choices, comments, st.integers(0, 2**32 - 1))
def test_checked_answers_survive_the_bytes(
    chosen: dict[str, int | None], said: dict[str, str], sequence: int
) -> None:
    answers = check_answers(Answers(chosen, said), FORM)
    assert decode(encode(answers, FORM, sequence=sequence), FORM) == (answers, sequence)


@given(choices, comments)
def test_equal_answers_give_equal_bytes_in_any_order(
    chosen: dict[str, int | None], said: dict[str, str]
) -> None:
    reverse = Answers(dict(reversed(chosen.items())), dict(reversed(said.items())))
    one, other = (check_answers(each, FORM) for each in (Answers(chosen, said), reverse))
    assert encode(one, FORM) == encode(other, FORM)


@pytest.mark.parametrize("choice", [0, 6, -1, 255, True])
def test_a_statement_has_no_such_option(choice: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_answers(Answers({STATEMENTS[0]: choice}), FORM)
    assert caught.value.field == STATEMENTS[0]


def test_activities_can_be_judged_and_unknown_questions_refused() -> None:
    with pytest.raises(InvalidInput):
        check_answers(Answers({FORM.activities[0].key: None}), FORM)
    with pytest.raises(InvalidInput):
        check_answers(Answers({"no.such": 1}), FORM)
    with pytest.raises(InvalidInput):
        check_answers(Answers({}, {"no.such": "text"}), FORM)


def test_a_comment_has_a_limit_and_loses_control_characters() -> None:
    prompt = FORM.comments[0]
    assert check_answers(Answers({}, {prompt: " a\x00b\u0007 "}), FORM).comments == {prompt: "ab"}
    assert check_answers(Answers({}, {prompt: "  \n"}), FORM).comments == {}
    with pytest.raises(InvalidInput):
        check_answers(Answers({}, {prompt: "x" * 2001}), FORM)
