"""What two devices typed into one page of the form: nothing that somebody typed goes unseen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sos_graphql.http.answering import COMMENT_CHARACTERS, both, settled

ANSWERS = st.sampled_from(["", "0", "1", "2"])
WORDS = st.text("ab ", max_size=5) | st.text("c", min_size=COMMENT_CHARACTERS - 3, max_size=2000)


@given(ANSWERS, ANSWERS, ANSWERS)
def test_every_answer_that_was_typed_is_kept_or_shown(before: str, here: str, there: str) -> None:
    holds, gives_way = settled(before, here, there)
    for typed in (here, there):
        if typed not in ("", before):
            assert typed in (holds, gives_way)
    assert holds in (here, there)
    assert gives_way != holds or not holds
    if gives_way:
        assert before not in (here, there), "only what both have changed is worth a question"


@given(ANSWERS, ANSWERS)
def test_what_one_device_alone_changed_holds(before: str, after: str) -> None:
    assert settled(before, after, before) == (after, "")
    assert settled(before, before, after) == (after, "")


@given(WORDS, WORDS)
def test_two_comments_become_one_or_are_both_shown(there: str, here: str) -> None:
    words, gives_way = both(there, here)
    assert len(words) <= COMMENT_CHARACTERS
    assert all(typed in words or typed == gives_way for typed in (here, there))
