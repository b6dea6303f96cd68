"""States, links and codes, the audience, and how response rates are displayed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.access.one_time_codes import ALPHABET
from sos_core.errors import Conflict
from sos_core.mail import message_id
from sos_core.results.rate_nodes import rate_nodes
from sos_core.signing import sign
from sos_core.surveys import links
from sos_core.surveys.audience import AUDIENCES, Sight, Spans, Viewer, sight
from sos_core.surveys.lifecycle import STATES, WAYS, can_move, require_move
from sos_core.surveys.rates import AT_LEAST_MORE, RateNodes, displayed, refreshed

SECRET = b"a secret of tests"


def test_every_refused_way_says_how_the_survey_stands() -> None:
    for state in STATES:
        for to in STATES:
            if can_move(state, to):
                require_move(state, to)
                continue
            with pytest.raises(Conflict) as caught:
                require_move(state, to)
            assert caught.value.code == f"survey_is_{state}"
            assert caught.value.remedy


def test_nothing_leaves_the_end_and_counting_is_not_cancelled() -> None:
    assert [state for state in STATES if not WAYS[state]] == ["sealed", "cancelled"]
    assert {state for state in STATES if can_move(state, "cancelled")} == {"draft", "open"}


ids = st.integers(1, 2**40)


@given(ids, ids, ids)
def test_a_link_lets_in_whom_it_was_made_for(one: int, two: int, three: int) -> None:
    token = links.personal_token(SECRET, organization_id=one, survey_id=two, person_id=three)
    assert links.read_personal_token(SECRET, token) == links.PersonalLink(one, two, three)
    assert links.read_personal_token(b"another secret", token) is None
    assert links.read_preview_token(SECRET, token) is None
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=80))
def test_what_we_did_not_sign_lets_nobody_in(token: str) -> None:
    assert links.read_personal_token(SECRET, token) is None
    assert links.read_preview_token(SECRET, token) is None


@given(ids, ids, ids, st.data())
def test_a_changed_link_lets_nobody_in(one: int, two: int, three: int, data) -> None:
    token = links.personal_token(SECRET, organization_id=one, survey_id=two, person_id=three)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[place]))
    assert links.read_personal_token(SECRET, token[:place] + letter + token[place + 1 :]) is None


def test_signed_nonsense_lets_nobody_in() -> None:
    token = sign(SECRET, links.PERSONAL, "1", "x", "3")
    assert links.read_personal_token(SECRET, token) is None
    assert links.read_personal_token(SECRET, sign(SECRET, links.PERSONAL, 1, 2, 2**64)) is None


def test_codes_are_readable_and_forgiving() -> None:
    codes = {links.new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4]
        assert set(code) <= set(ALPHABET) | {"-"}
        typed = f" {code.lower().replace('-', ' ')}"
        assert links.code_hash(SECRET, typed) == links.code_hash(SECRET, code)
    assert not set("0O1IL") & set(ALPHABET)


def test_a_message_id_is_the_same_for_the_same_mail() -> None:
    first = message_id(SECRET, "sos.example", 1, 2, 3, "invitation")
    assert first == message_id(SECRET, "sos.example", 1, 2, 3, "invitation")
    assert first != message_id(SECRET, "sos.example", 1, 2, 31, "nvitation")
    assert first.startswith("<")
    assert first.endswith("@sos.example>")


#            0 Acme: 1 North: 2 Alpha, 3 Beta; 4 South: 5 Gamma
SPANS = Spans([-1, 0, 1, 1, 0, 4], [6, 4, 3, 4, 6, 6])


def see(viewer: Viewer, audience: str = "leaders", comments: str = "leaders") -> Sight:
    return sight(viewer, SPANS, audience=audience, comments_audience=comments, published=True)


def test_administrators_see_everything() -> None:
    for audience in AUDIENCES:
        for comments in AUDIENCES:
            found = see(Viewer(everything=True), audience, comments)
            assert found.figures == found.comments == frozenset(range(6))


def test_a_leader_sees_the_subtree_and_the_figures_above() -> None:
    leader = Viewer(leads=frozenset({1}), belongs=frozenset({1}))
    assert see(leader) == Sight(frozenset({0, 1, 2, 3}), frozenset({1, 2, 3}))
    assert see(leader, comments="administrators").comments == frozenset()
    assert see(leader, "administrators") == Sight()


def test_a_participant_sees_own_units_and_above_only_where_set() -> None:
    member = Viewer(belongs=frozenset({2, 5}))
    assert see(member) == Sight()
    assert see(member, "participants").figures == frozenset({0, 1, 2, 4, 5})
    assert see(member, "participants").comments == frozenset()
    assert see(member, "participants", "participants").comments == frozenset({0, 1, 2, 4, 5})


def test_a_granted_viewer_sees_the_unit_and_below() -> None:
    viewer = Viewer(granted=frozenset({4}))
    for audience in AUDIENCES:
        assert see(viewer, audience) == Sight(frozenset({4, 5}), frozenset({4, 5}))


places = st.frozensets(st.integers(0, 5))
viewers = st.builds(Viewer, st.booleans(), places, places, places)


@given(viewers, st.sampled_from(AUDIENCES), st.sampled_from(AUDIENCES))
def test_nobody_sees_before_and_a_wider_audience_takes_nothing_away(
    viewer: Viewer, audience: str, comments: str
) -> None:
    unpublished = sight(
        viewer, SPANS, audience=audience, comments_audience=comments, published=False
    )
    assert unpublished == Sight()
    found = see(viewer, audience, comments)
    assert found.comments <= found.figures
    wider = see(viewer, AUDIENCES[min(2, AUDIENCES.index(audience) + 1)], comments)
    assert found.figures <= wider.figures


PARENTS = [-1, 0, 1, 1, 0, 4, 4]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
staff = st.lists(st.integers(0, 12), min_size=7, max_size=7).filter(lambda n: sum(n) >= 5)


def totals(nodes: RateNodes, counts: list[int]) -> list[int]:
    return nodes.sums(dict(enumerate(counts)))


@given(staff)
def test_every_displayed_group_has_five_invited(invited: list[int]) -> None:
    nodes = rate_nodes(PARENTS, invited, 5)
    sums = totals(nodes, invited)
    assert min(sums) >= 5
    assert sums[0] == sum(invited)
    assert RateNodes.from_json(nodes.to_json()) == nodes
    assert sorted(nodes.units_of(0)) == [u for u in range(7) if nodes.block_of_unit[u] >= 0]


@given(staff, st.data())
def test_live_values_move_by_three_or_not_at_all(invited: list[int], data) -> None:
    nodes = rate_nodes(PARENTS, invited, 5)
    done = [data.draw(st.integers(0, n)) for n in invited]
    more = [data.draw(st.integers(d, n)) for d, n in zip(done, invited, strict=True)]
    shown, actual = totals(nodes, done), totals(nodes, more)
    kept = refreshed(nodes, shown, actual, shown_at=NOW, now=NOW, day_ended=False)
    assert kept == shown
    live = refreshed(nodes, shown, actual, shown_at=NOW, now=LATER, day_ended=False)
    for node, (old, new) in enumerate(zip(shown, live, strict=True)):
        assert new == old or (new == actual[node] and new - old >= AT_LEAST_MORE)
        below = [child for child, parent in enumerate(nodes.parent) if parent == node]
        moved = [live[child] - shown[child] for child in below]
        # What is displayed of a node, less what is displayed of its parts, tells nothing more.
        if any(moved):
            assert sum(moved) == new - old
    assert refreshed(nodes, shown, actual, shown_at=NOW, now=NOW, day_ended=True) == actual


@given(staff, st.data())
def test_nobody_and_everybody_are_never_told_of_a_block(invited: list[int], data) -> None:
    nodes = rate_nodes(PARENTS, invited, 5)
    share = data.draw(st.sampled_from([0.0, 0.5, 1.0]))
    done = [round(n * share) for n in invited]
    figures = displayed(nodes, totals(nodes, invited), totals(nodes, done))
    for node, figure in enumerate(figures):
        if share == 0.0:
            assert (figure.bound, figure.share, figure.finished) == ("at_most", 0.10, None)
        elif share == 1.0:
            assert (figure.bound, figure.share, figure.finished) == ("at_least", 0.90, None)
        elif nodes.stop[node] - nodes.start[node] == 1 and figure.bound == "exact":
            assert 0.10 < figure.share < 0.90


def test_a_unit_without_invited_people_belongs_to_a_neighbor() -> None:
    nodes = rate_nodes(PARENTS, [0, 0, 6, 0, 0, 6, 6], 5)
    block = nodes.block(3)
    assert 0 <= block < 3
    assert sum(nodes.sums({3: 1})) >= 1
