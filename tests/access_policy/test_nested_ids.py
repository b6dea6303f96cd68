"""Ids of another organization, wherever an id can be given: they answer like ids of nothing."""

from __future__ import annotations

from typing import Any

from sos_graphql.nodes import node_id
from tests.access_policy.cast import MISSING, ROLES, Cast
from tests.access_policy.listening import statements
from tests.access_policy.nesting import REACHED, Place, below, places, request, upload
from tests.access_policy.table import table
from tests.access_policy.trying import KIND_OF

NOT_THERE = frozenset(
    {
        "account_unknown",
        "embedding_unknown",
        "no_open_survey",
        "no_such_person",
        "no_such_plan",
        "no_such_survey",
        "no_such_unit",
        "not_found",
        "survey_not_invited",
        "upload_unknown",
    }
)
"""Codes that say: there is no such thing."""
EMPTY = {"units(parent)", "issuePrintedCodes(input.people)"}
"""Places where what is not there gives an empty list."""
ANY = "Survey"
"""What stands for any kind, where any is taken."""


def pair(cast: Cast, place: Place, theirs: str) -> tuple[str, str]:
    """Return an id of the other organization, and one of nothing, of the same kind."""
    kind = place.kind or ANY
    if kind == "Upload":
        return theirs, theirs[:-4] + "AAAA"
    return cast.id(kind, mine=False), node_id(kind, MISSING)


def askers(place: Place) -> list[str]:
    """Return who asks: everybody where it is a question, those who may where it is a change.

    Others are refused a change before its ids are looked at, as the test of every change shows.
    """
    may = table().get(("Mutation", place.field))
    return [role for role in ROLES if may is None or role in may]


def test_every_place_is_known() -> None:
    found = list(places())
    assert len(found) >= 60
    assert {"CreateSurveyInput.participants.without"} <= {
        ".".join(("CreateSurveyInput", *p.way[1:])) for p in found
    }
    assert {owner for owner, *_ in below()} == set(REACHED)
    assert {str(place) for place in found if not place.kind} == {"node(id)"}
    assert set(KIND_OF.values()) >= {place.kind for place in found if place.kind}


def test_foreign_ids_answer_like_missing_ones_in_every_place(cast: Cast) -> None:
    """Neither the answer nor the statements that it takes tell them apart, whoever asks."""
    cast.enter()
    theirs, wrong = upload(cast, "foreign"), []
    with statements(cast) as heard:

        def asked(role: str, place: Place, wanted: str) -> tuple[Any, list[str]]:
            heard.clear()
            answer = cast.post(role, request(cast, place, wanted))
            assert answer.status_code in (200, 401, 403), (str(place), role, answer.text)
            return answer.text.replace(wanted, "ID"), sorted(heard)

        for role in (*ROLES, *ROLES):  # a key's first use is written down, and its row read anew
            cast.post(role, {"query": "{ viewer { kind } }"})
        for place in places():
            foreign, missing = pair(cast, place, theirs)
            for role in askers(place):
                asked(role, place, node_id(place.kind or ANY, MISSING + 1))  # what is kept is warm
                first, second = asked(role, place, foreign), asked(role, place, missing)
                if first != second:
                    wrong.append((role, str(place), first, second))
    assert wrong == []


def test_honest_requests_are_refused_for_their_foreign_id_alone(cast: Cast) -> None:
    """The places are reached: nothing else in these requests is what they are refused for."""
    cast.enter()
    theirs, taken, otherwise = upload(cast, "foreign"), set(), {}
    for place in places():
        role = "guests:mint" if place.field == "mintGuestToken" else "administrator"
        body = cast.post(role, request(cast, place, pair(cast, place, theirs)[0])).json()
        assert "errors" not in body, (str(place), body)
        found = body["data"]
        while isinstance(found, dict) and "__typename" not in found:
            [found] = found.values()
        if found is not None and "code" not in found:
            taken.add(str(place))
        elif found is not None and found["code"] not in NOT_THERE:
            otherwise[str(place)] = found["code"]
    assert otherwise == {}
    assert taken == EMPTY
