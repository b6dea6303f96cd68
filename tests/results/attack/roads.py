"""Every road out of the house: which routes and fields answer differently when people answer so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from graphql import GraphQLObjectType, get_named_type, is_required_argument
from starlette.routing import Route

from sos_graphql.nodes import node_id
from tests.results.attack.documents import NUMBERS, ROOTS, full, reachable, schema
from tests.results.attack.installation import Installation
from tests.results.attack.live import Live

KNOWN_ROUTES = {
    "/app/results": "leads to the newest survey's page",
    "/app/results/{survey}": "leads to the page of the highest unit that the reader sees",
    "/app/results/{survey}/{unit}": "served.Crawl.pages",
    "/files/results/{survey}.{ending}": "served.Crawl.downloads",
}
"""The routes whose answers follow what people answered, with what reads them here."""
API = frozenset({"/graphql"})
"""Read field by field."""
OF_THE_PROCESS = frozenset({"/metrics", "/readyz"})
"""They tell of requests and jobs, counted by route and kind alone."""
KNOWN_SUBSCRIPTIONS = {
    "responseRateChanged": "live.Live.everybody_asks",
    "changePlanChanged": "a plan for people, of memberships alone",
}
NOT_OF_ANSWERS: Mapping[str, str] = {
    "people and their import": """ChangeCounts ChangePlan ChangePlanConnection ChangeRow
      ChangeRowConnection ParticipantChoice PersonConnection PersonErased SuspectedChange Unit
      UnitConnection""",
    "accounts, keys, jobs and what was done": """AccountConnection ApiKeyConnection AuditEntry
      AuditEntryConnection Embedding EmbeddingConnection HostedOrganizationConnection JobCounts
      OwnAccountChanged RetentionTime SecondFactor SignInPlace Unavailable""",
    "how surveys are set, and who was invited": """Invitations ReminderRule Survey SurveyConnection
      SurveyPreview Thresholds""",
    "the form": "FormOption FormPrivacy",
    "what one respondent is given back of their own ballot": "BallotDraft GivenAnswer",
}
"""Types with numbers in which no figures are looked for; one that is not named here fails a test."""
TOKENS = re.compile(r"[0-9a-zA-Z_-]{20,}")


def types_with_numbers() -> set[str]:
    """Return the types of the schema that give a number and in which no figures are looked for."""
    figures = {type_.name for type_ in reachable()}
    return {
        type_.name
        for type_ in schema().type_map.values()
        if isinstance(type_, GraphQLObjectType) and type_.name[:2] != "__"
        for field in type_.fields.values()
        if get_named_type(field.type).name in NUMBERS and type_.name not in figures
    }


class Walk:
    """Opens everything that can be opened, as one role."""

    def __init__(self, installation: Installation, live: Live) -> None:
        self.installation = installation
        self.live = live
        ids = installation.staff.units
        self.samples: dict[str, list[object]] = {
            "survey": [installation.runs[-1].survey_id, live.survey_id],
            "unit": ["organization", node_id("Unit", ids[1] or 0)],
            "ending": ["csv"],
            "person": [int(installation.staff.people[1])],
            "verb": ["close"],
            "page": [1],
            "account": [1],
            "plan": ["1"],
            "key": ["1"],
            "embedding": ["1"],
            "link": ["none"],
            "provider": ["none"],
            "widget": ["sos-areas"],
            "name": ["loader.js"],
            "rest": ["elsewhere"],
        }

    def routes(self) -> list[str]:
        """Return the paths that can be read; a part that has no sample is a fault of this program."""
        app = self.installation.app
        assert app is not None
        return [
            route.path
            for route in app.routes
            if isinstance(route, Route) and "GET" in (route.methods or ())
        ]

    def addresses(self, path: str) -> list[str]:
        """Return addresses of a route, each part filled in with each sample."""
        found = [path]
        for part, name in re.findall(r"(\{(\w+)[^}]*\})", path):
            found = [each.replace(part, str(one)) for each in found for one in self.samples[name]]
        return found

    def fields(self, role: str) -> dict[str, object]:
        """Return what a role is told of the open survey, but for what is known to give figures."""
        survey = node_id("Survey", self.live.survey_id)
        asked = {name: full(name) for name in other_fields()}
        # People and units lead to each other; they are memberships, and known.
        asked = {name: text for name, text in asked.items() if "fragment FPerson " not in text}
        return {n: self.installation.ask(role, d, {"survey": survey}) for n, d in asked.items()}

    def answers(self, role: str) -> Iterator[tuple[str, str]]:
        """Yield each route with everything that it answers a role; secrets are left out."""
        for path in self.routes():
            if path not in API | OF_THE_PROCESS:
                told = [self.installation.get(role, address) for address in self.addresses(path)]
                yield (
                    path,
                    "".join(f"{each.status_code} {TOKENS.sub('', each.text)}" for each in told),
                )


def other_fields() -> list[str]:
    """Return the fields of a survey that are not known to give figures; the one before is a survey."""
    survey = schema().type_map["Survey"]
    assert isinstance(survey, GraphQLObjectType)
    return [
        name
        for name, field in survey.fields.items()
        if name not in ROOTS
        and get_named_type(field.type) is not survey
        and not any(map(is_required_argument, field.args.values()))
    ]


def telling(one: Walk, other: Walk, role: str) -> set[str]:
    """Return the routes that answer differently where people have answered differently."""
    pairs = zip(one.answers(role), other.answers(role), strict=True)
    return {path for (path, said), (_, told) in pairs if said != told}
