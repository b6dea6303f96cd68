"""The page of the audit log and its files."""

from __future__ import annotations

import json

import pytest

from sos_core.access.api_keys import create_api_key
from sos_core.content import LANGUAGES, catalog
from sos_core.organizations.audit import record
from sos_graphql.deeds import LABELS, Teller
from tests.graphql.http.conftest import House

PATH = "/app/audit"
TOLD: list[tuple[dict[str, object], list[tuple[str, str]]]] = [
    (
        {"setting": "audience", "from": "leaders", "to": "participants"},
        [
            (
                "Who sees the results",
                "Leaders too, for their units → Participants too, for their own unit",
            )
        ],
    ),
    (
        {"source": "excel", "counts": {"added": 26, "moved": 0, "unit": 5}},
        [("Source", "Excel or CSV"), ("Changes", "Added 26, Units 5")],
    ),
    (
        {"counts": {"added": 0}, "mode": "change"},
        [("Changes", "0"), ("Content", "Additions and changes")],
    ),
    ({"plans": {"from": 365, "to": 730}}, [("Change plans of people", "365 → 730")]),
    (
        {"administrator": True, "units_given": [7, 99], "units_taken": []},
        [("Administrator", "Yes"), ("Units added", "North, 99"), ("Units removed", "–")],
    ),
    ({"widgets": ["sos-areas", "sos-new"]}, [("Widgets", "The nine areas, sos-new")]),
    ({"same": [True, False, None]}, [("Same person", "Yes, No, –")]),
    ({"how": "password", "unheard_of": {"x": 1}}, [("How", "by password"), ("unheard_of", "x 1")]),
]


@pytest.mark.parametrize(("details", "told"), TOLD)
def test_details_are_told_as_labeled_values(
    details: dict[str, object], told: list[tuple[str, str]]
) -> None:
    assert Teller("en", {7: "North"}).told(details) == told
    for language in LANGUAGES:
        assert len(Teller(language, {}).told(details)) == len(told)


def test_the_words_for_details_are_there() -> None:
    assert set(LABELS.values()) - set(catalog("en")) == set()


def test_who_did_what_is_shown_and_chosen(house: House) -> None:
    email = house.account("admin", administrator=True)
    house.opened(title="Spring")
    with house.application.database.write(house.organization_id) as session:
        record(session, actor="operator:1", verb="a.b", subject="organization:1", now=house.clock())
    visitor = house.signed_in(email)
    shown = visitor.get(PATH).text
    assert '<option value="operator:1">Operator</option>' in shown
    for words in ("Opened a survey", "Survey “Spring”", "Created an account", "Admin", "No. 1<"):
        assert words in shown
    chosen = visitor.get(f"{PATH}?verb=survey.opened&since=2026-03-01&until=2026-03-02").text
    assert '<option value="survey.opened" selected>' in chosen
    assert 'value="2026-03-01"' in chosen
    assert chosen.count("<time ") == 1
    for nothing in ("verb=none", "since=2026-03-03", "until=2026-03-01", "actor=account:99"):
        assert "Nothing was logged" in visitor.get(f"{PATH}?{nothing}").text
    assert visitor.get(f"{PATH}?since=yesterday&until=0001-01-01").status_code == 200
    assert visitor.get(f"{PATH}?before=x").status_code == 400


def test_older_entries_are_one_click_away(house: House) -> None:
    email = house.account("admin", administrator=True)
    with house.application.database.write(house.organization_id) as session:
        for number in range(60):
            record(
                session, actor="operator", verb="survey.edited", subject=f"x:{number}",
                now=house.clock(), details={"<b>": "=1"},
            )  # fmt: skip
    visitor = house.signed_in(email)
    first = visitor.get(f"{PATH}?verb=survey.edited").text
    assert first.count("<time ") == 50
    assert "&lt;b&gt;" in first
    assert "<b>" not in first
    assert "<dt>&lt;b&gt;</dt><dd>=1</dd>" in first
    older = first.partition(f'href="{PATH}?')[2].partition('"')[0].replace("&amp;", "&")
    assert older.startswith("verb=survey.edited&before=")
    rest = visitor.get(f"{PATH}?{older}").text
    assert rest.count("<time ") == 10
    assert f'href="{PATH}?verb=survey.edited"' in rest


def test_files_hold_what_was_chosen_and_are_logged_themselves(house: House) -> None:
    email = house.account("admin", administrator=True)
    house.opened(title="Spring")
    visitor = house.signed_in(email)
    lines = visitor.get("/files/audit.jsonl?verb=survey.opened").text.splitlines()
    assert [json.loads(line)["verb"] for line in lines] == ["survey.opened"]
    table = visitor.get("/files/audit.csv")
    assert table.headers["content-disposition"].endswith("audit.csv")
    assert "audit.exported" in table.text
    assert visitor.get("/files/audit.exe").status_code == 400
    assert "Saved the audit log as a file" in visitor.get(PATH).text


def test_only_administrators_see_it(house: House) -> None:
    plain = house.signed_in(house.account("plain", sees_everything=True))
    assert PATH not in plain.get("/app").text
    for path in (PATH, "/files/audit.csv"):
        assert plain.get(path).status_code == 403
        assert house.visitor().get(path).status_code in {303, 401}


@pytest.mark.parametrize(("scope", "status"), [("audit:read", 200), ("people:read", 403)])
def test_a_program_with_the_scope_gets_the_file(house: House, scope: str, status: int) -> None:
    with house.application.database.write(house.organization_id) as session:
        made = create_api_key(
            session, name="Archive", scopes=[scope], actor="operator", now=house.clock()
        )
    bearer = {"Authorization": f"Bearer {made.token}"}
    assert house.visitor().get("/files/audit.jsonl", headers=bearer).status_code == status
    assert house.visitor().get(PATH, headers=bearer).status_code in {303, 401}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(house: House, language: str) -> None:
    email = house.account("admin", administrator=True, language=language)
    house.opened(title="Spring")
    shown = house.signed_in(email).get(PATH)
    assert shown.status_code == 200
    assert "audit." not in shown.text.replace("/files/audit.", "").replace('value="audit.', "")
