"""Hostile tokens, cookies and signed texts, on every road that takes one: each is as good as none.

Most are made by ``tests.graphql.forging`` out of real ones; the rest are real ones on a road that
they are not for. What comes back has to be what plain nonsense gets there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy import select

from sos_core.access.attempts import PURPOSE as ATTEMPT
from sos_core.access.continuation import PURPOSE as CONTINUATION
from sos_core.access.key_tables import SigningKey
from sos_core.access.mail_links import INVITATION, RESET
from sos_core.access.signing_keys import signer
from sos_core.signing import sign
from sos_core.surveys.links import preview_token
from tests.graphql.forging import NOTHING, forged, misstated, miswritten, miswritten_keys
from tests.graphql.guests import ORIGIN
from tests.hostile import transport
from tests.hostile.fingerprint import changed
from tests.hostile.report import Report
from tests.hostile.served import Stage
from tests.hostile.wire import Reply

NONSENSE = "nonsense"
WHO = {"query": "{ viewer { kind } organization { name } units(first: 1) { totalCount } }"}
LINK = """mutation ($t: String!) { exchangePersonalLink(input: {link: $t})
  { __typename ... on Problem { code } } }"""
CODE = """mutation ($t: String!) { redeemPrintedCode(input: {code: $t})
  { __typename ... on Problem { code } } }"""
STEP = """mutation ($t: String!) { continueSignIn(input: {continuation: $t, code: "123456"})
  { __typename ... on Problem { code } } }"""
UPLOAD = """mutation ($t: ID!) { createChangePlan(input: {upload: $t, mode: CHANGE}) { __typename
  ... on Problem { code } } }"""
PURPOSES = (
    CONTINUATION,
    ATTEMPT,
    INVITATION,
    RESET,
    "survey_link",
    "survey_preview",
    "upload",
    "respondent",
)
Road = Callable[[Stage, str], Reply]


def _bearer(stage: Stage, token: str) -> Reply:
    headers = [("Content-Type", transport.JSON), ("Authorization", b"Bearer " + _plain(token))]
    return stage.wire.send("POST", "/graphql", headers, transport.as_json(WHO))


def _guest(stage: Stage, token: str) -> Reply:
    headers = [("Content-Type", transport.JSON), ("Authorization", b"Bearer " + _plain(token))]
    return stage.wire.send(
        "POST", "/graphql", [*headers, ("Origin", ORIGIN)], transport.as_json(WHO)
    )


def _cookie(stage: Stage, token: str) -> Reply:
    headers = [
        ("Content-Type", transport.JSON),
        ("X-SOS-Request", "1"),
        ("Cookie", b"sos_session=" + _plain(token)),
    ]
    return stage.wire.send("POST", "/graphql", headers, transport.as_json(WHO))


def _page_with_cookie(stage: Stage, token: str) -> Reply:
    return stage.wire.send("GET", "/app", [("Cookie", b"sos_session=" + _plain(token))])


def _asked(document: str, *, role: str = "anonymous") -> Road:
    def road(stage: Stage, token: str) -> Reply:
        body = transport.as_json({"query": document, "variables": {"t": token}})
        headers = [*stage.headers(role).items(), ("Content-Type", transport.JSON)]
        return stage.wire.send("POST", "/graphql", headers, body)

    return road


def _page(path: str) -> Road:
    def road(stage: Stage, token: str) -> Reply:
        written = quote(token, safe="") or "-"
        return stage.wire.send("GET", path.format(written), [("Accept", "text/html")])

    return road


def _done(stage: Stage, token: str) -> Reply:
    headers = [("Accept", "text/html"), ("Cookie", b"sos_attempt=" + _plain(token))]
    return stage.wire.send("GET", f"/auth/with/none/done?state={quote(token)}&code=x", headers)


ROADS: Mapping[str, Road] = {
    "bearer": _bearer,
    "guest": _guest,
    "cookie": _cookie,
    "cookie of a page": _page_with_cookie,
    "link exchanged": _asked(LINK),
    "code redeemed": _asked(CODE),
    "sign-in continued": _asked(STEP),
    "upload claimed": _asked(UPLOAD, role="administrator"),
    "personal link": _page("/s/{}"),
    "privacy by link": _page("/s/{}/privacy"),
    "invitation": _page("/auth/invitation/{}"),
    "new password": _page("/auth/password/{}"),
    "sign-in elsewhere": _done,
}


def cases(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield roads with the hostile tokens to send there."""
    cast, application = stage.cast, stage.cast.application
    now = int(cast.clock().timestamp())
    with application.database.write(None) as session:
        key = signer(session, application.vault, cast.clock())
        public = session.scalars(select(SigningKey.public_key)).first() or b""
    for token in forged(cast.tokens["guest"], public, now):
        yield "guest", token
    for token in misstated(cast.tokens["guest"], key.key, now, cast.other_id):
        yield "guest", token
    for token in miswritten_keys(cast.tokens["people:read"]):
        yield "bearer", token
    for token in (
        *miswritten(cast.tokens["respondent"]),
        *miswritten(cast.tokens["admin"]),
        *NOTHING,
    ):
        yield "bearer", token
        if not token.startswith('"'):  # quotes around the value of a cookie are not part of it
            yield "cookie", token
            yield "cookie of a page", token
    signed = signed_texts(stage)
    for name, (road, text) in signed.items():
        for token in miswritten(text):
            yield road, token
        for other in ROADS:
            if (name, other) not in FITTING and other != road:
                yield other, text


FITTING = frozenset(
    {
        ("personal", "privacy by link"),
        ("personal", "link exchanged"),
        ("preview", "privacy by link"),
        ("preview", "link exchanged"),
    }
)
"""Signed texts with other roads that they are good for."""


def signed_texts(stage: Stage) -> Mapping[str, tuple[str, str]]:
    """Return signed texts of every kind with the road that each is meant for."""
    cast, secret = stage.cast, stage.cast.application.secret
    later = int((cast.clock() + timedelta(hours=1)).timestamp())
    preview = preview_token(
        secret, organization_id=cast.organization_id, survey_id=cast.things["Draft"]
    )
    account = cast.accounts["admin"][1]
    return {
        "personal": ("personal link", cast.link),
        "preview": ("personal link", preview),
        "continuation": (
            "sign-in continued",
            sign(
                secret,
                CONTINUATION,
                later,
                "n",
                "password",
                f"{cast.organization_id}-{account}-x",
                "",
            ),
        ),
        "invitation": (
            "invitation",
            sign(secret, INVITATION, cast.organization_id, account, "0" * 32),
        ),
        "reset": ("new password", sign(secret, RESET, cast.organization_id, account, "0" * 32)),
        "attempt": ("sign-in elsewhere", sign(secret, ATTEMPT, later, "none", "sign_in", "", "x")),
        "upload": (
            "upload claimed",
            sign(
                secret,
                "upload",
                cast.organization_id,
                f"account:{account + 1}",
                f"{later}-{'0' * 32}",
            ),
        ),
    }


def run(stage: Stage, *, every: int = 1) -> Report:
    """Send each of the tokens, or each ``every``-th one, and return what came of it."""
    report = Report("hostile tokens, cookies and signed texts")
    stage.cast.enter()
    given = list(dict.fromkeys(cases(stage)))
    expected = {road: outcomes(send(stage, NONSENSE), NONSENSE) for road, send in ROADS.items()}
    before = stage.fingerprint()
    with stage.listening():
        for road, token in given[::every]:
            reply = ROADS[road](stage, token)
            report.kinds[road] += 1
            if reply.status >= 500 or reply.status == 0:
                report.wrong.append(f"{road}: {reply.status} for {token[:200]!r}")
            elif not harmless(road, reply, token, expected[road]):
                report.wrong.append(
                    f"{road}: {reply.status} {reply.body[:300]!r} for {token[:200]!r}"
                )
    report.wrong += [f"table {name} changed" for name in changed(before, stage.fingerprint())]
    report.wrong += stage.told()
    return report


def harmless(road: str, reply: Reply, token: str, expected: tuple[object, ...]) -> bool:
    """Tell whether an answer is what nonsense gets, or a refusal before anything was looked at."""
    if road in ("guest", "bearer") and reply.status in (400, 401, 403):
        return b'"data"' not in reply.body
    if reply.status in (400, 414, 431) and road.startswith(("cookie", "personal", "privacy")):
        return b'"data"' not in reply.body
    return outcomes(reply, token) == expected or reply.status == 404


def outcomes(reply: Reply, token: str) -> tuple[object, ...]:
    """Return what of an answer may not depend on which nonsense was sent."""
    body = reply.body.decode("utf-8", "replace")
    for written in (token, quote(token, safe="")):
        if written:
            body = body.replace(written, "")
    place = re.sub(r"=.*", "", reply.header("location"))
    names: Sequence[str] = re.findall(r'"(?:code|kind|__typename)":"(\w+)"', body)
    return (
        reply.status,
        place,
        tuple(names),
        "set-cookie" in {name.lower() for name, _ in reply.headers},
    )


def _plain(token: str) -> bytes:
    return re.sub(rb"[\r\n\0]", b"", token.encode())
