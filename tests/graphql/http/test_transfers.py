"""Uploads with hostile names and sizes, who may send and take them, and files to download."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from sos_core.access.principal import Principal
from sos_core.errors import NotFound
from sos_graphql.uploads import claim_upload, clean_name, sweep_uploads
from tests.graphql.http.conftest import House

OURS = {"X-SOS-Request": "1"}
NAMES = [
    ("people.xlsx", "people.xlsx"),
    ("../../../etc/passwd.csv", "passwd.csv"),
    ("C:\\Users\\me\\Personal 2026.XLSX", "Personal 2026.xlsx"),
    ("..csv", "file.csv"),
    ("人员 名单.xlsx", "人员 名单.xlsx"),
    ("a\x00b\r\nSet-Cookie: x.csv", None),
    ("<script>alert(1)</script>.csv", None),
    ("x" * 400 + ".csv", None),
    ("\u202egpj.csv", None),
    ("𝒳" * 200 + ".csv", "𝒳" * 50 + ".csv"),
]


def principal(
    house: House, *, account_id: int = 1, organization_id: int | None = None
) -> Principal:
    return Principal(
        organization_id=organization_id or house.organization_id, account_id=account_id
    )


def administrator(house: House):
    return house.signed_in(house.account("admin", administrator=True))


def upload(client, name: str, body: bytes = b"name;email\n", **headers: str):
    from urllib.parse import quote

    return client.post(
        "/files/uploads", content=body, headers={**OURS, "X-SOS-File-Name": quote(name), **headers}
    )


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names_never_leave_the_folder(house: House, name: str, expected: str | None) -> None:
    admin = administrator(house)
    sent = upload(admin, name)
    assert sent.status_code == 201, sent.text
    answer = sent.json()
    assert answer["size"] == 11
    path = claim_upload(house.application, principal(house), answer["id"])
    assert path.read_bytes() == b"name;email\n"
    assert path.name == answer["name"] == (expected or path.name)
    assert path.resolve().is_relative_to(house.application.settings.uploads_dir.resolve())
    assert path.parent.parent == house.application.settings.uploads_dir
    assert len(path.name) <= 80
    assert not set(path.name) & set('/\\:<>"|?*\x00\r\n\u202e')
    assert path.suffix in {".csv", ".xlsx"}


def test_clean_names_are_clean_already() -> None:
    for name, _ in NAMES:
        assert clean_name(clean_name(name)) == clean_name(name)


@pytest.mark.parametrize("name", ["people.exe", "people", "people.xlsm", "", "people.csv.exe"])
def test_other_kinds_of_file_are_refused(house: House, name: str) -> None:
    sent = upload(administrator(house), name)
    assert sent.status_code == 400
    assert sent.json()["code"] == "file_kind_unknown"
    assert sent.json()["remedy"]
    assert not list(house.application.settings.uploads_dir.rglob("*.*"))


def test_sizes(house: House) -> None:
    admin = administrator(house)
    most = house.application.settings.upload_max_bytes
    assert (upload(admin, "a.csv", b"x" * most)).json()["size"] == most
    for body, code in ((b"x" * (most + 1), "file_too_large"), (b"", "file_empty")):
        sent = upload(admin, "a.csv", body)
        assert (sent.status_code, sent.json()["code"]) == (413 if body else 400, code)
    large = {"file": ("a.csv", io.BytesIO(b"x" * (most + 400_000)))}
    refused = admin.post("/files/uploads", files=large, headers=OURS)
    assert (refused.status_code, refused.json()["code"]) == (413, "file_too_large")
    assert len(list(house.application.settings.uploads_dir.iterdir())) == 1


def test_a_form_with_a_file_is_taken_too(house: House) -> None:
    admin = administrator(house)
    sent = admin.post(
        "/files/uploads", files={"file": ("../Personal.csv", b"name\n")}, headers=OURS
    )
    assert (sent.status_code, sent.json()["name"]) == (201, "Personal.csv")
    for wrong in ({"other": ("a.csv", b"x")}, {"file": ("", b"")}):
        assert (admin.post("/files/uploads", files=wrong, headers=OURS)).status_code == 400


def test_only_administrators_send_from_our_own_pages(house: House) -> None:
    admin = administrator(house)
    member = house.signed_in(house.account("member"))
    assert (upload(house.visitor(), "a.csv")).status_code == 401
    assert (upload(member, "a.csv")).status_code == 403
    foreign = upload(admin, "a.csv", **{"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    bare = admin.post("/files/uploads", content=b"x", headers={"X-SOS-File-Name": "a.csv"})
    assert bare.status_code == 403
    assert not house.application.settings.uploads_dir.exists()


def test_an_upload_is_its_account_s_alone_and_for_a_day(house: House) -> None:
    sent = (upload(administrator(house), "a.csv")).json()
    for other in (
        principal(house, account_id=2),
        principal(house, organization_id=99),
        Principal(),
    ):
        with pytest.raises(NotFound):
            claim_upload(house.application, other, sent["id"])
    for forged in ("", "x", sent["id"][:-1], sent["id"] + "x", "../../sos.db"):
        with pytest.raises(NotFound):
            claim_upload(house.application, principal(house), forged)
    sweep_uploads(house.application, house.clock() + timedelta(hours=23))
    assert claim_upload(house.application, principal(house), sent["id"]).exists()
    sweep_uploads(house.application, house.clock() + timedelta(hours=24))
    with pytest.raises(NotFound):
        claim_upload(house.application, principal(house), sent["id"])


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_is_in_the_reader_s_language(house: House, ending: str) -> None:
    admin = administrator(house)
    bodies = []
    for language in ("en", "sv"):
        admin.cookies.set("sos_language", language)
        sent = admin.get(f"/files/people-template.{ending}")
        assert sent.status_code == 200
        assert sent.headers["content-disposition"].startswith("attachment")
        bodies.append(sent.content)
    assert bodies[0] != bodies[1]
    assert (admin.get("/files/people-template.exe")).status_code == 400
