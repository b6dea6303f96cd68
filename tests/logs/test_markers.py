"""Words that must not turn up: planted in everything that is secret or said in confidence, then looked for.

The whole round is made with the log at its most talkative: signing in, keys and tokens, an open
survey answered by widget and by form, links, codes, mails, and documents that cannot be parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import structlog
from sqlalchemy import select
from starlette.routing import Route

from sos_core.database.base import Base
from sos_core.organizations.tables import AuditEntry
from sos_graphql.nodes import node_id
from tests.graphql.http.conftest import PASSWORD, House, fields, house
from tests.logs.conftest import Listen

__all__ = ["house"]
COMMENT = "marked-comment: my leader never listens"
WRONG = "marked-wrong-password"
STRANGER = "marked-stranger@x.example"
FORM = """{ ballotForm { ... on BallotForm { areas { commentKey statements { key } } } } }"""
PROBLEM = re.compile(r'"code":"[a-z_]+"')
MANY = re.compile(r"sos_unexpected_errors_total\{.*\} \d")


class Round:
    """The round, which notes what must not turn up, and every answer that is an error."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.marks: dict[str, str] = {"comment": COMMENT, "password": PASSWORD, "wrong": WRONG}
        self.marks["stranger"] = STRANGER
        self.errors: list[str] = []
        self.token = ""

    def heard(self, answer: httpx.Response) -> httpx.Response:
        """Note an answer where it is an error."""
        told = answer.text
        if answer.status_code >= 400 or '"errors"' in told or PROBLEM.search(told):
            self.errors.append(told)
        return answer

    def ask(self, document: str, token: str = "", **variables: Any) -> Any:
        """Ask the API and return the data."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": document, "variables": variables}
        answer = self.heard(self.house.visitor().post("/graphql", json=body, headers=headers))
        return answer.json().get("data")

    def sign_in(self) -> None:
        """Sign in well and badly, by form and by the API."""
        self.house.account("admin", administrator=True)
        visitor = self.house.visitor()
        for email, password in ((STRANGER, WRONG), ("admin@x.example", WRONG)):
            form = {"email": email, "password": password, "next": "/app"}
            visitor.post("/auth/sign-in", data=form)
        document = """mutation ($e: String!, $p: String!) { signIn(input: {email: $e, password: $p})
          { ... on Token { token } ... on Problem { code what } } }"""
        self.ask(document, e=STRANGER, p=WRONG)
        self.token = self.ask(document, e="admin@x.example", p=PASSWORD)["signIn"]["token"]
        self.marks["session"] = self.token
        admin = self.house.signed_in("admin@x.example")
        self.marks["cookie"] = next(v for k, v in admin.cookies.items() if "session" in k)
        visitor.post("/auth/forgotten", data={"email": STRANGER})

    def administer(self) -> None:
        """Make a key, an account and a person."""
        key = self.ask(
            """mutation { createApiKey(input: {name: "x", scopes: [PEOPLE_READ]})
              { ... on NewApiKey { token } } }""",
            self.token,
        )["createApiKey"]["token"]
        self.marks["key"] = key
        self.ask("{ people(first: 1) { __typename } }", key)
        self.heard(self.house.visitor().get("/app", headers={"Authorization": f"Bearer {key}x"}))
        self.ask("{ viewer { kind } }", f"{key}x")
        self.ask(
            """mutation { inviteAccount(input: {email: "marked-guest@x.example"})
              { __typename } }""",
            self.token,
        )
        self.marks["invited"] = "marked-guest@x.example"
        self.ask(
            """mutation { addPerson(input: {name: "Marked Person", email: "marked-person@x.example",
              userType: VIEWER}) { __typename ... on Problem { code } } }""",
            self.token,
        )
        self.marks |= {"person": "marked-person@x.example", "name": "Marked Person"}

    def answer(self) -> None:
        """Let people answer an open survey: with a widget, and with the form."""
        survey = self.house.opened()
        link = self.house.link(survey, "alpha1").removeprefix("/s/")
        self.marks |= {"link": link, "other link": self.house.link(survey, "alpha2")[3:]}
        exchange = """mutation ($l: String!) { exchangePersonalLink(input: {link: $l})
          { ... on Token { token } ... on Problem { code } } }"""
        respondent = self.ask(exchange, l=link)["exchangePersonalLink"]["token"]
        self.ask(exchange, l=f"{link}x")
        self.marks["respondent"] = respondent
        area = self.ask(FORM, respondent)["ballotForm"]["areas"][0]
        self.marks["statement"] = area["statements"][0]["key"]
        given = {
            "answers": [{"key": self.marks["statement"], "value": 5}],
            "comments": [{"key": area["commentKey"], "text": COMMENT}],
        }
        save = """mutation ($i: SaveBallotDraftInput!) { saveBallotDraft(input: $i)
          { ... on BallotSaved { version } ... on Problem { code } } }"""
        saved = self.ask(save, respondent, i={**given, "sequence": 1})["saveBallotDraft"]
        submit = """mutation ($i: SubmitBallotInput!) { submitBallot(input: $i)
          { ... on BallotReceipt { code } ... on Problem { code } } }"""
        wrong = {**given, "answers": [{"key": self.marks["statement"], "value": 99}]}
        self.ask(submit, respondent, i=wrong)
        good = {**given, "base": saved["version"]}
        self.marks["receipt"] = self.ask(submit, respondent, i=good)["submitBallot"]["code"]
        self.break_off(respondent, area["commentKey"])
        self.by_form(survey)
        self.use_codes(survey)

    def break_off(self, respondent: str, key: str) -> None:
        """Send documents with answers in them that cannot be parsed, are not valid, or fail."""
        inside = f'comments: [{{key: "{key}", text: "{COMMENT}"}}]'
        for document in (
            f"mutation {{ submitBallot(input: {{{inside}",
            f"mutation {{ submitBallot(input: {{{inside}, nothing: 1}}) {{ code }} }}",
            f"mutation {{ submitBallot(input: {{{inside}, answers: 5}}) {{ __typename }} }}",
            f"mutation {{ submitBallot(input: {{{inside}}}) {{ nothing }} }}",
        ):
            headers = {"Authorization": f"Bearer {respondent}"}
            self.house.visitor().post("/graphql", json={"query": document}, headers=headers)
        torn = f'{{"query": "mutation {{ x(text: \\"{COMMENT}'.encode()
        self.house.visitor().post(
            "/graphql", content=torn, headers={"Content-Type": "application/json"}
        )

    def by_form(self, survey: int) -> None:
        """Answer without JavaScript."""
        link, visitor = self.house.link(survey, "alpha2"), self.house.visitor()
        page = visitor.get(f"{link}/1").text
        [prompt] = re.findall(r'<textarea id="comment" name="([^"]+)"', page)
        sent = dict.fromkeys(fields(page), "4") | {prompt: COMMENT, "go": "next"}
        visitor.post(f"{link}/1", data=sent)
        visitor.post(f"{link}/1", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
        visitor.get(f"{link}x")
        visitor.post(f"{link}/submit", data={})

    def use_codes(self, survey: int) -> None:
        """Print codes, and use good and bad ones."""
        document = """mutation ($i: ID!, $p: [ID!]) { issuePrintedCodes(input: {survey: $i, people: $p})
          { ... on PrintedCodes { codes { code } } ... on Problem { code } } }"""
        people = [node_id("Person", self.house.crew.people["beta1"])]
        found = self.ask(document, self.token, i=node_id("Survey", survey), p=people)
        redeem = """mutation ($c: String!) { redeemPrintedCode(input: {code: $c})
          { ... on Token { token } ... on Problem { code } } }"""
        self.ask(redeem, c="MARK-EDCO-DE99")
        self.marks["bad code"] = "MARK-EDCO-DE99"
        for number, one in enumerate(found["issuePrintedCodes"]["codes"]):
            self.marks[f"code {number}"] = one["code"]
            token = self.ask(redeem, c=one["code"])["redeemPrintedCode"]["token"]
            self.marks[f"token of code {number}"] = token

    def fail(self) -> None:
        """Let something break while secrets are in its hands."""

        def burst(_request: object) -> None:
            raise RuntimeError(f"password={WRONG} token={self.token}")

        self.house.app.router.routes.insert(0, Route("/burst", burst, methods=["POST"]))
        self.heard(self.house.visitor().post("/burst", data={"comment": COMMENT}))


def everything(house: House) -> Iterator[tuple[str, str]]:
    """Yield what the installation keeps about what happened: counts, the audit log, troubles of jobs."""
    yield "metrics", house.application.telemetry.render().decode()
    jobs = Base.metadata.tables["job"]
    with house.application.database.read(house.organization_id) as session:
        entries = session.execute(select(AuditEntry.verb, AuditEntry.subject, AuditEntry.details))
        yield "audit", "\n".join(repr(tuple(row)) for row in entries)
        yield "jobs", "\n".join(str(error) for error in session.scalars(select(jobs.c.error)))


def test_nothing_said_in_confidence_turns_up_anywhere(house: House, listen: Listen) -> None:
    log, made = listen("debug"), Round(house)
    made.sign_in()
    made.administer()
    made.answer()
    house.clock.advance(days=40)
    house.application.jobs.drain()
    made.fail()
    lines = log.getvalue().splitlines()
    text = "\n".join(line for line in lines if '"logger": "httpx"' not in line)  # the visitors' own
    assert text.count('"answered"') > 20
    assert made.marks.keys() >= {"receipt", "statement", "key", "code 0", "token of code 0"}
    assert MANY.search(house.application.telemetry.render().decode())
    places = [("log", text), ("errors", "\n".join(made.errors)), *everything(house)]
    found = [
        (place, name) for place, told in places for name, mark in made.marks.items() if mark in told
    ]
    assert found == []


def test_what_is_planted_is_found(listen: Listen) -> None:
    """The search itself works: a word that a program logs in the clear turns up."""
    log = listen("debug")
    structlog.get_logger("a").debug("asked", words=COMMENT)
    assert COMMENT in log.getvalue()
