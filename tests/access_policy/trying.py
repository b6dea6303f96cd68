"""How each change and each route is tried: harmlessly, so that the world stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
)

from sos_graphql.nodes import node_id
from tests.access_policy.cast import MISSING, Cast
from tests.graphql.conftest import core
from tests.graphql.guests import ORIGIN

REFUSALS = frozenset(
    {
        "administrators_only",
        "keys_only",
        "no_open_survey",
        "no_person_behind_account",
        "no_response_rate",
        "not_a_participant",
        "not_signed_in",
        "operators_only",
        "scope_missing",
    }
)
"""Codes that say: not you. Every other answer comes from the deed itself."""
SOMETHING: Mapping[str, Any] = {
    "Boolean": True,
    "DateTime": "2000-01-01T00:00:00Z",
    "Int": 0,
    "LocalDateTime": "2000-01-01T08:00",
    "String": "",
}
"""Values with which no change is made: empty names, days long ago."""
KIND_OF: Mapping[str, str] = {
    "AddParticipantInput.person": "Person",
    "AddParticipantInput.survey": "Survey",
    "AddPersonInput.manager": "Person",
    "AddPersonInput.units": "Unit",
    "ApplyChangePlanInput.id": "ChangePlan",
    "CancelSurveyInput.id": "Survey",
    "ChangeAccountInput.id": "Account",
    "ChangeAccountInput.units": "Unit",
    "ChangeEmbeddingInput.id": "Embedding",
    "ChangeEmbeddingInput.survey": "Survey",
    "ChangeEmbeddingInput.unit": "Unit",
    "ChangePersonInput.id": "Person",
    "ChangePersonInput.leads": "Unit",
    "ChangePersonInput.manager": "Person",
    "ChangeSurveyInput.id": "Survey",
    "ChangeSurveyInput.previous": "Survey",
    "CloseSurveyInput.id": "Survey",
    "CreateChangePlanInput.below": "Unit",
    "CreateChangePlanInput.upload": "Upload",
    "CreateEmbeddingInput.survey": "Survey",
    "CreateEmbeddingInput.unit": "Unit",
    "CreateSurveyInput.previous": "Survey",
    "DeactivatePersonInput.id": "Person",
    "DecideSuspectsInput.plan": "ChangePlan",
    "DiscardChangePlanInput.id": "ChangePlan",
    "EndEmbeddingInput.id": "Embedding",
    "ErasePersonInput.id": "Person",
    "ExportPersonInput.id": "Person",
    "ExtendSurveyInput.id": "Survey",
    "InviteAccountInput.person": "Person",
    "InviteAccountInput.units": "Unit",
    "IssuePrintedCodesInput.people": "Person",
    "IssuePrintedCodesInput.survey": "Survey",
    "MintGuestTokenInput.embedding": "Embedding",
    "MintGuestTokenInput.survey": "Survey",
    "MintGuestTokenInput.unit": "Unit",
    "MovePersonInput.id": "Person",
    "MovePersonInput.units": "Unit",
    "OpenSurveyInput.id": "Survey",
    "ParticipantChoiceInput.people": "Person",
    "ParticipantChoiceInput.units": "Unit",
    "ParticipantChoiceInput.without": "Person",
    "Query.ballotForm.survey": "Survey",
    "Query.changePlan.id": "ChangePlan",
    "Query.people.unit": "Unit",
    "Query.person.id": "Person",
    "Query.survey.id": "Survey",
    "Query.surveyPreview.id": "Survey",
    "Query.units.parent": "Unit",
    "ReactivatePersonInput.id": "Person",
    "RemoveAccountInput.id": "Account",
    "ResendAccountInvitationInput.account": "Account",
    "ResendPersonalLinkInput.person": "Person",
    "ResendPersonalLinkInput.survey": "Survey",
    "ResetSecondFactorInput.account": "Account",
    "RevokeApiKeyInput.id": "ApiKey",
    "RevokeSessionInput.id": "Session",
    "SaveBallotDraftInput.survey": "Survey",
    "ScheduleSurveyInput.id": "Survey",
    "SendReminderInput.survey": "Survey",
    "SendTestMailInput.survey": "Survey",
    "SubmitBallotInput.survey": "Survey",
    "Subscription.changePlanChanged.id": "ChangePlan",
    "Subscription.responseRateChanged.survey": "Survey",
    "Survey.matrix.parent": "Unit",
    "Survey.results.unit": "Unit",
    "UndoChangePlanInput.id": "ChangePlan",
}
"""What each id means; Query.node takes any."""
SPECIAL: Mapping[str, Any] = {
    "MintGuestTokenInput.origin": ORIGIN,
    "MintGuestTokenInput.language": "en",
    "SendTestMailInput.email": "nobody",
}


def sample(kind: Any, place: str) -> Any:
    """Return a value of an input type with ids of nothing; optional parts are left out."""
    if isinstance(kind, GraphQLNonNull):
        return sample(kind.of_type, place)
    if isinstance(kind, GraphQLList):
        return [sample(kind.of_type, place)]
    if isinstance(kind, GraphQLEnumType):
        return min(kind.values)
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: sample(one.type, f"{kind.name}.{name}")
            for name, one in kind.fields.items()
            if isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined
        }
    if kind.name == "ID":
        return node_id(KIND_OF[place], MISSING)
    return SPECIAL.get(place, SOMETHING[kind.name])


def call(operation: str, name: str, chosen: str = "") -> tuple[str, dict[str, Any]]:
    """Return a document that calls one field of a root type, and its variables."""
    root = getattr(core(), f"{operation}_type")
    one: GraphQLField = root.fields[name]
    place = f"{root.name}.{name}"
    needed = {n: a for n, a in one.args.items() if isinstance(a.type, GraphQLNonNull)}
    defined = ", ".join(f"${n}: {a.type}" for n, a in needed.items())
    passed = ", ".join(f"{n}: ${n}" for n in needed)
    head, arguments = (f"({defined})", f"({passed})") if needed else ("", "")
    document = (
        f"{operation} Areas{head} {{ {name}{arguments} "
        f"{{ __typename ... on Problem {{ code what remedy }} {chosen} }} }}"
    )
    return document, {n: sample(a.type, f"{place}.{n}") for n, a in needed.items()}


def admits(cast: Cast, role: str, name: str) -> bool:
    """Tell whether a mutation lets a role in, whatever becomes of it then."""
    document, variables = call("mutation", name)
    answer = cast.post(role, {"query": document, "variables": variables})
    body = answer.json()
    if answer.status_code in (401, 403):
        return False
    assert answer.status_code == 200, (name, body)
    assert "errors" not in body, (name, body)
    return body["data"][name].get("code") not in REFUSALS


def path_of(cast: Cast, path: str, *, reading: bool = True, missing: bool = False) -> str:
    """Return the address of a route: with ids of nothing where it changes something, else our own.

    Forms of the survey that is closed take nothing any more, so they are tried as they are.
    """
    ours = (reading or "/app/answer/" in path) and not missing
    things = {
        "survey": "Survey",
        "unit": "Unit",
        "plan": "ChangePlan",
        "person": "Person",
        "key": "ApiKey",
        "embedding": "Embedding",
        "account": "Account",
    }
    ending = "csv" if "results" in path or "rejections" in path or "audit" in path else "txt"
    ending = "json" if "data." in path else ending
    words = {
        "link": cast.link if reading else "nothing",
        "provider": "none",
        "verb": "open" if "surveys" in path else "lock",
        "page": "1",
        "ending": ending,
        "widget": "sos-areas",
        "name:path": "loader.js",
        "rest:path": "nothing",
    }
    numbers = {name: cast.things[kind] if ours else MISSING for name, kind in things.items()}
    for name, value in {**words, **numbers}.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


FOREIGN_FORM = "This was not sent by a page of SOS."


def answer_of(cast: Cast, role: str, method: str, path: str) -> str:
    """Return how a route answers a role: its status, or why it goes no further."""
    answer = cast.send(method, path, headers=cast.headers(role))
    if FOREIGN_FORM in answer.text:
        return "foreign form"
    if answer.is_redirect and answer.headers["location"].startswith("/auth/sign-in?"):
        return "sign-in"
    return str(answer.status_code)


def refusals_of(method: str, path: str) -> frozenset[str]:
    """Return the answers by which a route refuses a role.

    What is missing is told only to those who may know. Forms are tried with ids of nothing, so there
    that is no refusal; nor is it one that a password or a code is wrong.
    """
    refused = {"sign-in", "401", "403", "404", "foreign form"}
    if method == "POST" and path.startswith(("/auth/", "/s")):
        refused = {"foreign form"}
    elif method == "POST" and path.startswith("/app/account"):
        refused -= {"403", "404"}
    elif (method == "POST" and "/app/answer/" not in path) or "rejections" in path:
        refused -= {"404"}
    return frozenset(refused)
