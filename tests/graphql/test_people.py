"""Plans from files and changes by hand, through the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sos_core.access.queries import account_principal
from sos_core.application import Application
from sos_core.errors import Unavailable
from sos_core.people import applying
from sos_graphql.apart import ENDED
from sos_graphql.people import importing
from sos_graphql.uploads import KEPT_FOR, store_upload, sweep_uploads
from tests.graphql.conftest import World

ROWS = """query ($id: ID!, $kind: ChangeKind!) { changePlan(id: $id) { ... on ChangePlan {
  title mode source createdBy canUndo undoBlockedBy { title } counts { added rejected unchanged }
  rows(kind: $kind, first: 10) { totalCount nodes { row name email unitPath what remedy personId
    changes { field label before after } suspect { position before after same } } } } } }"""


def upload(world: World, text: str, role: str = "admin") -> str:
    """Store a file as an account and return its upload id."""
    organization = world.other_id if role == "foreign" else world.organization_id

    async def chunks() -> AsyncIterator[bytes]:
        yield text.encode()

    with world.application.database.read(organization) as session:
        from sos_core.access.queries import account_id_by_email

        account = account_id_by_email(session, f"{role}@acme.example")
        assert account is not None
        principal = account_principal(session, account)
    stored = asyncio.run(
        store_upload(world.application, principal, "people.txt", chunks(), now=world.clock())
    )
    return stored.id


def rows(world: World, plan: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = world.data("admin", ROWS, {"id": plan, "kind": kind})["changePlan"]
    return found


def test_a_file_becomes_a_plan_that_is_read_applied_and_undone(world: World) -> None:
    given = upload(
        world,
        "Nova,nova@x.example,North,East,Alpha\n"
        "Broken,nonsense,North,East,Alpha\n"
        "Alpha 1,alpha1@x.example,South,West,Gamma\n",
    )
    plan = world.do("createChangePlan", {"upload": given})
    assert plan["counts"] == {"added": 1, "moved": 1, "rejected": 1, "deactivated": 0}
    added = rows(world, plan["id"], "ADDED")
    assert (added["title"], added["mode"], added["createdBy"]) == ("people.txt", "CHANGE", "Admin")
    assert added["rows"]["nodes"][0]["unitPath"] == ["North", "East", "Alpha"]
    [moved] = rows(world, plan["id"], "MOVED")["rows"]["nodes"]
    assert {c["label"]: (c["before"], c["after"]) for c in moved["changes"]} == {
        "Unit": ("North / East / Alpha", "South / West / Gamma")
    }
    [rejected] = rows(world, plan["id"], "REJECTED")["rows"]["nodes"]
    assert (rejected["row"], rejected["what"]) == (2, "“nonsense” is not an e-mail address.")

    assert world.do("applyChangePlan", {"id": plan["id"]})["state"] == "APPLIED"
    assert world.do("applyChangePlan", {"id": plan["id"]})["code"] == "plan_applied"
    assert rows(world, plan["id"], "ADDED")["canUndo"]
    people = '{ people(first: 5, search: "nova") { ... on PersonConnection { totalCount } } }'
    assert world.data("admin", people)["people"]["totalCount"] == 1
    assert world.do("undoChangePlan", {"id": plan["id"]})["state"] == "UNDONE"
    assert world.data("admin", people)["people"]["totalCount"] == 0


def test_a_plan_goes_on_where_its_process_has_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = world.do("createChangePlan", {"upload": upload(world, "Nova,nova@x.example,North")})
    seen: list[Any] = []

    class Killed(BaseException):
        pass

    def die() -> bool:
        raise Killed

    def ends_too_early(application: Application, _work: object, decision: Any, *given: Any) -> None:
        with pytest.raises(Killed):
            applying.apply_in_turns(
                application.database, decision.organization_id, given[0], actor=decision.actor,
                now=decision.now, clock=application.clock, enough=die,
            )  # fmt: skip
        state = "query ($id: ID!) { changePlan(id: $id) { ... on ChangePlan { state canUndo } } }"
        with ThreadPoolExecutor(1) as apart:
            seen.append(apart.submit(world.data, "admin", state, {"id": plan["id"]}).result())
        raise Unavailable("It has ended.", "Try again.", code=ENDED)

    monkeypatch.setattr(importing, "ROWS_HERE", 0)
    monkeypatch.setattr(applying, "SMALL", 0)
    monkeypatch.setattr(importing, "run_apart", ends_too_early)
    assert world.do("applyChangePlan", {"id": plan["id"]})["state"] == "APPLIED"
    assert seen == [{"changePlan": {"state": "APPLYING", "canUndo": False}}]
    people = '{ people(first: 5, search: "nova") { ... on PersonConnection { totalCount } } }'
    assert world.data("admin", people)["people"]["totalCount"] == 1


def test_the_language_of_a_rejection_is_the_readers(world: World) -> None:
    plan = world.do("createChangePlan", {"upload": upload(world, "B,nonsense,North,East,Alpha")})
    answer = world.ask(
        "admin", ROWS, {"id": plan["id"], "kind": "REJECTED"}, **{"X-SOS-Language": "sv"}
    )
    [row] = answer.json()["data"]["changePlan"]["rows"]["nodes"]
    assert "nonsense" in row["what"]
    assert row["what"] != "“nonsense” is not an e-mail address."


def test_a_complete_list_asks_for_confirmation(world: World) -> None:
    given = upload(world, "Alpha 1,alpha1@x.example,North,East,Alpha\n")
    plan = world.do(
        "createChangePlan", {"upload": given, "mode": "COMPLETE", "below": world.unit("North")}
    )
    assert plan["confirmation"] == str(plan["counts"]["deactivated"]) == "13"
    refused = world.do("applyChangePlan", {"id": plan["id"], "confirmation": "12"})
    assert (refused["code"], refused["field"]) == ("confirmation_needed", "confirmation")
    done = world.do("applyChangePlan", {"id": plan["id"], "confirmation": "13"})
    assert done["state"] == "APPLIED"


def test_suspects_are_decided_one_by_one(world: World) -> None:
    text = "".join(
        f"Gamma {n},{'new' if n == 3 else f'gamma{n}'}@x.example,South,West,Gamma\n"
        for n in range(6)
    )
    text += "Gamma Leader,gamma@x.example,South,West,Gamma\n"
    plan = world.do(
        "createChangePlan",
        {"upload": upload(world, text), "mode": "COMPLETE", "below": world.unit("South")},
    )
    assert plan["undecidedCount"] == 1
    assert world.do("applyChangePlan", {"id": plan["id"]})["code"] == "suspects_undecided"
    [row] = rows(world, plan["id"], "SUSPECT")["rows"]["nodes"]
    assert row["suspect"] == {
        "position": 0, "before": "gamma3@x.example", "after": "new@x.example", "same": None,
    }  # fmt: skip
    decided = world.do(
        "decideSuspects", {"plan": plan["id"], "decisions": [{"position": 0, "same": True}]}
    )
    assert decided["undecidedCount"] == 0
    assert world.do("applyChangePlan", {"id": plan["id"]})["state"] == "APPLIED"


def test_an_upload_is_good_for_its_own_account_alone(world: World) -> None:
    given = upload(world, "A,a@x.example,North,East,Alpha\n")
    refused = world.do("createChangePlan", {"upload": given}, "foreign")
    missing = world.do("createChangePlan", {"upload": "nonsense"}, "foreign")
    assert refused == missing
    assert refused["code"] == "upload_unknown"


def test_a_plan_is_discarded(world: World) -> None:
    plan = world.do("createChangePlan", {"upload": upload(world, "A,a@x.example,N,E,T\n")})
    assert world.do("discardChangePlan", {"id": plan["id"]})["state"] == "DISCARDED"
    assert world.do("applyChangePlan", {"id": plan["id"]})["code"] == "plan_discarded"


def test_an_upload_goes_when_its_plan_is_decided(world: World) -> None:
    folder = world.application.settings.uploads_dir
    for verb in ("applyChangePlan", "discardChangePlan"):
        plan = world.do("createChangePlan", {"upload": upload(world, "A,a@x.example,N,E,T\n")})
        assert len(list(folder.rglob("people.txt"))) == 1
        world.do(verb, {"id": plan["id"]})
        assert list(folder.iterdir()) == []
    world.do("createChangePlan", {"upload": upload(world, "B,b@x.example,N,E,T\n")})
    sweep_uploads(world.application, world.clock() + KEPT_FOR)
    assert list(folder.iterdir()) == [], "an undecided plan's upload goes after a day, and its note"


def test_people_are_changed_by_hand(world: World) -> None:
    added = world.do(
        "addPerson",
        {
            "name": "Nova",
            "email": "nova@x.example",
            "units": [world.unit("Gamma")],
            "manager": world.person("Gamma Leader"),
        },
    )
    assert added["units"] == [{"name": "Gamma"}]
    assert added["manager"] == {"name": "Gamma Leader"}
    again = world.do("addPerson", {"name": "Nova", "email": "nova@x.example"})
    assert again["code"] == "person_exists"
    edited = world.do("changePerson", {"id": added["id"], "name": "Nova Two"})
    assert (edited["name"], edited["manager"]) == ("Nova Two", {"name": "Gamma Leader"})
    freed = world.do("changePerson", {"id": added["id"], "manager": None})
    assert freed["manager"] is None
    leads = world.do("changePerson", {"id": added["id"], "leads": [world.unit("Beta")]})
    assert leads["leads"] == [{"name": "Beta"}]
    moved = world.do("movePerson", {"id": added["id"], "units": [world.unit("Alpha")]})
    assert moved["units"] == [{"name": "Alpha"}]
    top = world.do("movePerson", {"id": added["id"], "units": []})
    assert top["units"] == []


def test_who_was_deactivated_by_mistake_comes_back_to_the_same_place(world: World) -> None:
    given = {"id": world.person("Alpha Leader")}
    known = world.do("movePerson", {**given, "units": [world.unit("Beta")]})
    assert (known["active"], known["units"]) == (True, [{"name": "Beta"}])
    assert world.do("deactivatePerson", given)["active"] is False
    for _ in range(2):
        assert world.do("reactivatePerson", given) == {**known, "leads": []}


def test_pages_follow_each_other(world: World) -> None:
    document = """query ($after: String) { people(first: 9, after: $after) {
      ... on PersonConnection { totalCount nodes { name } pageInfo { hasNextPage endCursor } } } }"""
    names: list[str] = []
    after = None
    for _ in range(5):
        page = world.data("admin", document, {"after": after})["people"]
        names += [person["name"] for person in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(names) == page["totalCount"] == 22
    assert names == sorted(names, key=str.casefold)
    refused = world.ask("admin", document, {"after": "nonsense"}).json()["data"]["people"]
    assert refused == {}


def test_units_have_parents_children_and_counts(world: World) -> None:
    document = """query ($id: ID!) { node(id: $id) { ... on Unit { name level depth path peopleCount
      parent { name } children(first: 5) { nodes { name peopleCount } } } } }"""
    assert world.data("admin", document, {"id": world.unit("East")})["node"] == {
        "name": "East",
        "level": "region",
        "depth": 1,
        "path": ["North", "East"],
        "peopleCount": 14,
        "parent": {"name": "North"},
        "children": {
            "nodes": [{"name": "Alpha", "peopleCount": 7}, {"name": "Beta", "peopleCount": 7}]
        },
    }
    assert world.data("leader", document, {"id": world.unit("Beta")})["node"] is None
