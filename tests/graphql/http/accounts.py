"""What tests of accounts share: mails and their links, signing in, and a second factor."""

from __future__ import annotations

import email
import re
from email import policy

import httpx

from sos_core.access.one_time_codes import code_at, step_of
from sos_core.organizations.audit_queries import audit_entries
from tests.graphql.http.conftest import HOME, PASSWORD, House, Visitor

NEW = "quite another sentence of words"


def mails(house: House) -> list[str]:
    """Deliver what is due, and return the texts of all mails."""
    house.application.jobs.drain()
    found = []
    for path in sorted(house.application.settings.mail_dir.glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.append(body.get_content())
    return found


def link(house: House, kind: str, *known: str) -> str:
    """Return the path of the one link of this kind that was mailed besides those that are known."""
    [found] = set(re.findall(rf"{HOME}(/auth/{kind}/\S+)", "\n".join(mails(house)))) - set(known)
    return str(found)


def sign_in(client: Visitor, address: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    return client.post("/auth/sign-in", data={"email": address, "password": password, **more})


def enroll(house: House, client: Visitor) -> tuple[str, list[str]]:
    """Set up a second factor; return its seed and the recovery codes."""
    assert "seed" not in client.get("/app/account/second-factor").text
    page = client.post("/app/account/second-factor", data={"present": PASSWORD})
    seed = re.search(r'class="seed">([A-Z2-7]+)<', page.text)
    assert seed
    assert "<svg" in page.text
    code = code_at(seed[1], step_of(house.clock()))
    shown = client.post("/app/account/second-factor", data={"code": code})
    assert shown.status_code == 200, shown.text
    return seed[1], re.findall(r"<li><code>([A-Z0-9-]+)</code>", shown.text)


def verbs(house: House) -> list[str]:
    with house.application.database.read(house.organization_id) as session:
        return [entry.verb for entry in audit_entries(session, limit=50)][::-1]
