"""Answers on their way in; what is acknowledged is on disk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import get_object_definition
from strawberry.types.arguments import InputContext

from sos_graphql.context import Info, context
from sos_graphql.describing import described, described_enum, described_input, mutated, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.surveys.forms import BallotDraft
from sos_graphql.surveys.respondents import answers_of, respondent, stored_draft


@described_input
class AnswerInput:
    """One answer; a question that is not named is not answered."""

    key: str = told("Stable key of the question.")
    value: int | None = told("Number of the option from 1; null: cannot judge.", default=None)


@described_input
class CommentInput:
    """What a respondent has written to one prompt."""

    key: str = told("Stable key of the comment prompt.")
    text: str = told("The comment; empty: none.")


@described_input
class SubmitBallotInput:
    """Everything that a respondent has answered; it takes the place of what was sent before."""

    survey: strawberry.ID | None = told(
        "The survey, for those who signed in; null: the one that is open.", default=None
    )
    answers: list[AnswerInput] = told("All answers.")
    comments: list[CommentInput] = told("All comments.", default_factory=list)
    base: str | None = told(
        "The version that this device last saw, empty where nothing was stored: other answers "
        "than these are not replaced. Null: whatever is stored is replaced.",
        default=None,
    )


@described_input
class SaveBallotDraftInput(SubmitBallotInput):
    """An unfinished ballot."""

    sequence: int = told("A number that grows with each draft; a smaller one than stored is stale.")


def _built(cls: type, given: Mapping[str, Any], _context: InputContext) -> Any:
    """Return a ballot made of what the schema has checked already.

    The library's own way looks up each of the fifty answers' types anew, which took nearly half of
    the time of a submission.
    """
    answers = [AnswerInput(key=each["key"], value=each.get("value")) for each in given["answers"]]
    comments = [CommentInput(**each) for each in given.get("comments", ())]
    rest = {name: value for name, value in given.items() if name not in ("answers", "comments")}
    return cls(answers=answers, comments=comments, **rest)


for _class in (SubmitBallotInput, SaveBallotDraftInput):
    get_object_definition(_class, strict=True).from_input = _built


@described_enum(
    SAVED="The draft was stored.",
    STALE="Other answers are stored than this draft is based on, from another device perhaps.",
    ALREADY_SUBMITTED="The ballot was submitted; drafts do not replace it.",
)
class DraftState(Enum):
    """What has become of a draft."""

    SAVED = "saved"
    STALE = "stale"
    ALREADY_SUBMITTED = "already_submitted"


@described
class BallotSaved:
    """The acknowledgement of a draft."""

    state: DraftState = told("What has become of it.")
    version: str = told("Names the answers that are stored now: the base of the next draft.")
    stored: BallotDraft | None = told(
        "What is stored in its place, to be merged and sent again; null where it was saved."
    )


@described
class BallotReceipt:
    """The acknowledgement of a submitted ballot."""

    code: str = told("Receipt, with which one can check after the close that it was counted.")
    version: str = told("Names the answers that are stored now: the base of what is sent next.")


BallotSavedResult = Annotated[
    BallotSaved | AnyProblem,
    strawberry.union("BallotSavedResult", description="The acknowledgement, or what is wrong."),
]
BallotReceiptResult = Annotated[
    BallotReceipt | AnyProblem,
    strawberry.union("BallotReceiptResult", description="The receipt, or what is wrong."),
]
DraftArgument = Annotated[
    SaveBallotDraftInput, strawberry.argument(description="The unfinished ballot.")
]
BallotArgument = Annotated[SubmitBallotInput, strawberry.argument(description="The ballot.")]


@strawberry.type
class BallotMutation:
    """What respondents send."""

    @mutated
    async def save_ballot_draft(self, info: Info, input: DraftArgument) -> BallotSavedResult:  # noqa: A002
        """Save an unfinished ballot, to go on with later or on another device."""
        return await attempt(info, _save(info, input))

    @mutated
    async def submit_ballot(self, info: Info, input: BallotArgument) -> BallotReceiptResult:  # noqa: A002
        """Submit a ballot; it can be submitted again until the survey closes."""
        return await attempt(info, _submit(info, input))


async def _save(info: Info, given: SaveBallotDraftInput) -> BallotSaved:
    asker, who = context(info), await respondent(info, given.survey)
    desk, whose = asker.application.ballots, (who.organization_id, who.survey_id, who.person_id)
    saved = await desk.save_draft(*whose, answers_of(asker, given), given.sequence, given.base)
    state = DraftState(saved.state)
    if state is DraftState.SAVED:
        return BallotSaved(state=state, version=saved.version, stored=None)
    stored = stored_draft(await asker.call(lambda: desk.resume(*whose)))
    return BallotSaved(state=state, version=stored.version, stored=stored)


async def _submit(info: Info, given: SubmitBallotInput) -> BallotReceipt:
    asker, who = context(info), await respondent(info, given.survey)
    receipt = await asker.application.ballots.submit(
        who.organization_id, who.survey_id, who.person_id, answers_of(asker, given), given.base
    )
    return BallotReceipt(code=receipt.code, version=receipt.version)
