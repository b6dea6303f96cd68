"""Published results on pages and in files, receipts, and nothing before the publish date."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
from anyio.from_thread import start_blocking_portal

from sos_core.content import level_title, questionnaire
from sos_graphql.http.tables import table_file
from sos_graphql.nodes import node_id
from tests.graphql.http.conftest import House

ASKED = questionnaire()
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "plain", "人员")


def closed(house: House, **settings: object) -> tuple[int, str]:
    """Let everybody answer, close and count; return the survey and somebody's receipt."""
    survey_id = house.opened(**settings)
    code = ""
    for number, name in enumerate(n for n in house.crew.people if n not in {"viewer", "gone"}):
        answers = house.application.ballots.answers(
            {key: 1 + (number + place) % 4 for place, key in enumerate(ASKED.variables)}, {}
        )
        with start_blocking_portal() as portal:
            receipt = portal.call(
                house.application.ballots.submit,
                house.organization_id,
                survey_id,
                house.crew.people[name],
                answers,
            )
        code = receipt.code
    house.clock.advance(days=15, hours=12)
    house.application.jobs.drain()
    return survey_id, code


def test_nobody_sees_results_before_their_date(house: House) -> None:
    survey_id, code = closed(house)
    admin = house.signed_in(house.account("admin", administrator=True))
    for path in (
        f"/app/results/{survey_id}",
        f"/app/results/{survey_id}/receipts",
        f"/files/results/{survey_id}.csv",
    ):
        assert (admin.get(path)).status_code == 404
    assert "<sos-areas" not in (admin.get("/app/results")).text
    assert "<sos-areas" not in (admin.get("/app")).text
    link = house.link(survey_id, "alpha0")
    for receipt, found in ((code, True), ("A" * len(code), False), ("", False)):
        told = house.visitor().post(f"{link}/receipts", data={"receipt": receipt})
        assert told.status_code == 200
        assert ('class="note"' in told.text) == found


def test_each_sees_their_units_from_the_publish_date(house: House) -> None:
    survey_id, code = closed(house)
    house.clock.advance(days=3)
    people, units = house.crew.people, house.crew.units
    admin = house.signed_in(house.account("admin", administrator=True))
    leader = house.signed_in(house.account("beta0", person_id=people["beta0"]))
    member = house.signed_in(house.account("alpha1", person_id=people["alpha1"]))
    base = f"/app/results/{survey_id}"
    page = admin.get("/app/results")
    assert page.status_code == 200
    for element in ("summary", "areas", "heatmap", "question", "comments"):
        assert f"<sos-{element} " in page.text
    assert f'href="{base}/{units["north"]}"' in page.text
    assert page.text.count("<td>38</td>") == 1 + len(ASKED.areas), "the table without JavaScript"
    assert (admin.get(f"{base}/{units['alpha']}")).status_code == 200
    assert (leader.get(f"{base}/{units['beta']}")).status_code == 200
    assert (leader.get(f"{base}/{units['alpha']}")).status_code == 404
    assert (member.get(base)).status_code == 404
    assert (member.get("/app/results")).status_code == 200
    for path in (f"/files/results/{survey_id}.csv", f"/files/results/{survey_id}.xlsx"):
        assert (member.get(path)).status_code == 404
        assert (house.visitor().get(path)).status_code == 303
    told = admin.post(f"{base}/receipts", data={"receipt": code})
    assert 'class="note"' in told.text


def test_everybody_begins_with_their_own_unit(house: House) -> None:
    survey_id, _ = closed(house, audience="participants")
    house.clock.advance(days=3)
    people, units = house.crew.people, house.crew.units
    base = f"/app/results/{survey_id}"
    readers = {
        "admin": ({"administrator": True}, None, None),
        "viewer": ({"sees_everything": True, "person_id": people["viewer"]}, None, None),
        "granted": ({"granted_units": [units["beta"]]}, "beta", None),
        "leader": ({"person_id": people["lead"]}, "north", f"{base}/organization"),
        "captain": ({"person_id": people["beta0"]}, "beta", f"{base}/{units['north']}"),
        "member": ({"person_id": people["alpha1"]}, "alpha", f"{base}/{units['north']}"),
    }
    for name, (account, own, above) in readers.items():
        reader = house.signed_in(house.account(name, **account))
        for path in ("/app/results", base):
            page = reader.get(path).text
            unit = re.search(r"<sos-areas [^>]*?unit=\"([^\"]+)\"", page)
            assert (unit and unit[1]) == (own and node_id("Unit", units[own])), name
            assert re.findall(r'class="button" href="([^"]+)"><span', page) == [above] * bool(above)
        if above:
            assert reader.get(above).status_code == 200
    assert reader.get(f"{base}/x").status_code == 404


def test_the_table_of_scores(house: House) -> None:
    survey_id, _ = closed(house)
    house.clock.advance(days=3)
    admin = house.signed_in(house.account("admin", administrator=True))
    leader = house.signed_in(house.account("beta0", person_id=house.crew.people["beta0"]))
    sent = admin.get(f"/files/results/{survey_id}.csv")
    rows = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Acme & Sons", "North", "North › Alpha", "North › Beta"]
    assert all(len(row) == 4 + 1 + len(ASKED.areas) for row in rows)
    assert all(re.fullmatch(r"\d{1,3}", score) for score in rows[1][4:])
    own = (leader.get(f"/files/results/{survey_id}.csv")).content.decode("utf-8-sig")
    assert "Alpha" not in own
    book = openpyxl.load_workbook(
        io.BytesIO((admin.get(f"/files/results/{survey_id}.xlsx")).content)
    )
    cells = book.active.iter_rows(values_only=True)
    assert [["" if cell is None else str(cell) for cell in row] for row in cells] == rows
    assert (admin.get(f"/files/results/{survey_id}.pdf")).status_code == 400


def test_names_of_levels_are_words() -> None:
    known = ("business_area", "Region", "säljteam", "_", "")
    assert [level_title(name) for name in known] == ["Business area", "Region", "Säljteam", "", ""]


def test_no_cell_is_a_formula() -> None:
    body = table_file("csv", "T", ["=a"], [[cell] for cell in HOSTILE])
    for line, cell in zip(
        csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")), ("=a", *HOSTILE), strict=True
    ):
        assert line[0] == (cell if cell in {"plain", "人员"} else f"'{cell}")
    book = openpyxl.load_workbook(
        io.BytesIO(table_file("xlsx", "=[T]", ["=a"], [[cell] for cell in HOSTILE]))
    )
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} == {"s"}
    assert book.active["A2"].value == "=1+1"
