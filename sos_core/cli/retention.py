"""`sos retention`: for how long what is kept, what would go now, and the sweep itself."""

from __future__ import annotations

from typing import Annotated

import typer

from sos_core.cli.context import DataDir, OrganizationId, open_application
from sos_core.cli.output import print_table

app = typer.Typer(
    help="See what is older than it is kept, change the times, and sweep.", no_args_is_help=True
)

ACTOR = "operator"
Organization = Annotated[int, typer.Option("--organization", help="Its number.", min=1)]
MOST_ROUNDS = 10_000
"""So that a plan whose carrying out never ends cannot hold the command for ever."""
TIMES = typer.Argument(help="Kinds with their days, such as plans=180 people=400.")


@app.command()
def show(organization: OrganizationId = None, data_dir: DataDir = None) -> None:
    """List for how many days each organization keeps what, and how many would go now."""
    from sos_core.organizations.queries import organizations
    from sos_core.personal_data.limits import LIMITS
    from sos_core.personal_data.retention import due, retention

    rows: list[tuple[object, ...]] = []
    with open_application(data_dir, organization) as application:
        with application.database.read(None) as session:
            ids = [view.id for view in organizations(session)]
        for number in ids if organization is None else [organization]:
            with application.database.read(number) as session:
                days = retention(session)
                going = due(
                    session, days, now=application.clock(), mail_dir=application.settings.mail_dir
                )
            rows += [
                (number, limit.kind, days[limit.kind], limit.usual, going[limit.kind])
                for limit in LIMITS
            ]
    print_table(("organization", "kind", "days", "usually", "would go now"), rows)


@app.command(name="set")
def change(
    times: Annotated[list[str], TIMES], organization: Organization, data_dir: DataDir = None
) -> None:
    """Choose for how many days an organization keeps something; nothing is deleted yet."""
    from sos_core.personal_data.retention import change_retention

    wanted = dict(map(_time, times))
    with (
        open_application(data_dir, organization) as application,
        application.database.write(organization) as session,
    ):
        found = change_retention(session, wanted, actor=ACTOR, now=application.clock())
    typer.echo(", ".join(f"{kind} {days} days" for kind, days in found.items()))


@app.command()
def sweep(data_dir: DataDir = None) -> None:
    """Delete now what is older than it is kept; the server does the same once a day."""
    from sos_core.personal_data.sweeping import RetentionSweep

    with open_application(data_dir) as application:
        work = RetentionSweep(application.database, application.personal_reach)
        rounds = 1
        while work.run(application.clock()) and rounds < MOST_ROUNDS:
            rounds += 1
    typer.echo("What is older than it is kept is gone; the audit logs have the numbers.")


def _time(written: str) -> tuple[str, int]:
    kind, sign, days = written.partition("=")
    if not sign or not days.isascii() or not days.isdecimal() or len(days) > 6:
        raise typer.BadParameter(f"“{written}” is not written as kind=days.")
    return kind, int(days)
