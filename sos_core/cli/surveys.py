"""`sos survey`: create, open, extend, close, remind, and print codes, from the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sos_core.cli.context import DataDir, open_application
from sos_core.cli.output import print_json, print_table

if TYPE_CHECKING:
    from sos_core.application import Application
    from sos_core.database.session import OrganizationSession

app = typer.Typer(help="Create surveys and run them.", no_args_is_help=True)

ACTOR = "operator"
WALL_TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]

Organization = Annotated[
    int, typer.Option("--organization", help="Number of the organization.", min=1)
]
SurveyId = Annotated[int, typer.Argument(help="Number of the survey, as `list` shows it.", min=1)]
TITLE = typer.Argument(help="Title, as the participants will read it.")
OPENS = typer.Option(
    help="Wall time of the opening; default: tomorrow morning.", formats=WALL_TIMES
)
CLOSES = typer.Option(help="Wall time of the close; default: two weeks later.", formats=WALL_TIMES)
PUBLISHES = typer.Option(
    help="Wall time from which results are seen; default: two days after the close.",
    formats=WALL_TIMES,
)
LATER = typer.Option("--closes", help="The new, later wall time of the close.", formats=WALL_TIMES)
AUDIENCE = typer.Option(help="Who sees results: administrators, leaders or participants.")
UNITS = typer.Option("--unit", help="Only this unit and those below it; may be repeated.")
PEOPLE = typer.Option("--person", help="Only these people instead of those without an address.")
NOW = typer.Option("--now", help="Open at once instead of at the time of the opening.")


@app.command("list")
def list_surveys(
    organization: Organization,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List the surveys, the latest first, with invited and finished people as displayed."""
    from sos_core.surveys.queries import surveys
    from sos_core.surveys.response import response_rate

    with (
        open_application(data_dir, organization) as application,
        application.database.read(organization) as session,
    ):
        found = surveys(session)
        rates = {view.id: response_rate(session, view.id) for view in found}
    if as_json:
        print_json([dataclasses.asdict(view) for view in found])
        return
    rows = []
    for view in found:
        rate = rates[view.id]
        figure = rate.figures[0] if rate else None
        signs = {"at_most": "≤ ", "at_least": "≥ ", "exact": ""}
        rows.append(
            (
                view.id,
                view.title,
                "scheduled" if view.scheduled else view.state,
                f"{view.opens_local:%Y-%m-%d %H:%M}",
                f"{view.closes_local:%Y-%m-%d %H:%M}",
                view.time_zone,
                figure and figure.invited,
                figure and f"{signs[figure.bound]}{figure.share:.0%}",
            )
        )
    headings = ["Survey", "Title", "State", "Opens", "Closes", "Zone", "Invited", "Finished"]
    print_table(headings, rows)


@app.command()
def create(
    title: Annotated[str, TITLE],
    organization: Organization,
    opens: Annotated[datetime | None, OPENS] = None,
    closes: Annotated[datetime | None, CLOSES] = None,
    publishes: Annotated[datetime | None, PUBLISHES] = None,
    audience: Annotated[str, AUDIENCE] = "leaders",
    unit: Annotated[list[int] | None, UNITS] = None,
    data_dir: DataDir = None,
) -> None:
    """Create a draft for everybody, or for some units; nothing is sent yet."""
    from sos_core.surveys.commands import SurveySettings, choose_participants, create_survey

    settings = SurveySettings(
        title=title, opens=opens, closes=closes, publishes=publishes, audience=audience
    )
    with _changing(organization, data_dir) as (application, session):
        now = application.clock()
        survey_id = create_survey(session, settings, now=now, actor=ACTOR)
        if unit:
            choose_participants(session, survey_id, units=unit, now=now, actor=ACTOR)
    typer.echo(f"Survey {survey_id} is a draft. Open it with `sos survey open {survey_id}`.")


@app.command("open")
def open_(
    survey_id: SurveyId,
    organization: Organization,
    at_once: Annotated[bool, NOW] = False,
    data_dir: DataDir = None,
) -> None:
    """Let a draft open by itself at its time, or open it at once."""
    from sos_core.surveys.commands import open_survey, schedule_survey

    with _changing(organization, data_dir) as (application, session):
        now = application.clock()
        if at_once:
            open_survey(
                session,
                survey_id,
                now=now,
                actor=ACTOR,
                keys=application.keys,
                rate_nodes=application.rate_nodes,
            )
        else:
            schedule_survey(session, survey_id, now=now, actor=ACTOR)
    how = "is open; invitations go out" if at_once else "will open by itself"
    typer.echo(f"Survey {survey_id} {how} while the server or a worker runs.")


@app.command()
def close(survey_id: SurveyId, organization: Organization, data_dir: DataDir = None) -> None:
    """Let an open survey close now; results still wait for the publish date."""
    from sos_core.surveys.commands import close_early

    with _changing(organization, data_dir) as (application, session):
        close_early(session, survey_id, now=application.clock(), actor=ACTOR)
    typer.echo(f"Survey {survey_id} takes no more answers.")


@app.command()
def extend(
    survey_id: SurveyId,
    organization: Organization,
    closes: Annotated[datetime, LATER],
    data_dir: DataDir = None,
) -> None:
    """Move the close of an open survey to a later wall time."""
    from sos_core.surveys.commands import extend_survey

    with _changing(organization, data_dir) as (application, session):
        extend_survey(session, survey_id, closes=closes, now=application.clock(), actor=ACTOR)
    typer.echo(f"Survey {survey_id} closes at {closes:%Y-%m-%d %H:%M}.")


@app.command()
def cancel(
    survey_id: SurveyId,
    organization: Organization,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Give up a survey: its answers are destroyed unread."""
    from sos_core.surveys.commands import cancel_survey

    if not yes:
        typer.confirm(f"Destroy all answers of survey {survey_id} unread?", abort=True)
    with _changing(organization, data_dir) as (application, session):
        cancel_survey(session, survey_id, now=application.clock(), actor=ACTOR)
    typer.echo(f"Survey {survey_id} was canceled.")


@app.command()
def remind(survey_id: SurveyId, organization: Organization, data_dir: DataDir = None) -> None:
    """Remind everybody who has not finished, now."""
    from sos_core.surveys.commands import remind_now

    with _changing(organization, data_dir) as (application, session):
        remind_now(session, survey_id, now=application.clock(), actor=ACTOR)
    typer.echo("Reminders go out while the server or a worker runs.")


@app.command()
def codes(
    survey_id: SurveyId,
    organization: Organization,
    person: Annotated[list[int] | None, PEOPLE] = None,
    data_dir: DataDir = None,
) -> None:
    """Print new one-time codes for people without an e-mail address; they are shown only now."""
    from sos_core.surveys.commands import issue_codes
    from sos_core.surveys.queries import survey_tree

    with _changing(organization, data_dir) as (application, session):
        names = {unit.index: unit.name for unit in survey_tree(session, survey_id)}
        issued = issue_codes(
            session,
            survey_id,
            secret=application.secret,
            now=application.clock(),
            actor=ACTOR,
            person_ids=person,
        )
    print_table(
        ["Person", "Name", "Unit", "Code"],
        [(code.person_id, code.name, names[code.unit_index], code.code) for code in issued],
    )


@contextmanager
def _changing(
    organization: int, data_dir: Path | None
) -> Iterator[tuple[Application, OrganizationSession]]:
    with (
        open_application(data_dir, organization) as application,
        application.database.write(organization) as session,
    ):
        yield application, session
