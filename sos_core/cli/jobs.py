"""`sos jobs`: what waits, what went wrong, and what a person decides about it."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Literal

import typer

from sos_core.cli.context import DataDir, OrganizationId, open_database
from sos_core.cli.failures import ATTENTION
from sos_core.cli.output import print_json, print_table

app = typer.Typer(help="List jobs, retry those that were given up, or discard them.")

NUMBERS = typer.Argument(help="Numbers of jobs, as `sos jobs list` shows them.")
ACTOR = typer.Option("--actor", help="Only jobs of this kind, such as mail.send.")


@app.command("list")
def list_jobs(
    state: Annotated[
        Literal["ready", "leased", "dead"] | None, typer.Option(help="Only jobs in this state.")
    ] = None,
    actor: Annotated[str | None, ACTOR] = None,
    organization: OrganizationId = None,
    after: Annotated[int, typer.Option(help="Only jobs after this number.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="At most this many.", min=1, max=10_000)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List jobs, oldest first; done ones are gone. Exit code 3 when any was given up."""
    from sos_core.jobs import queries

    with open_database(data_dir, organization) as database, database.read(organization) as session:
        found = queries.jobs(session, state=state, actor=actor, after=after, limit=limit)
        counts = queries.counts(session)
    if as_json:
        print_json({"counts": counts, "jobs": [dataclasses.asdict(job) for job in found]})
    else:
        print_table(
            ["Job", "Organization", "What", "State", "Not before", "Retries", "Why", "Next step"],
            [
                (
                    job.id,
                    job.organization_id,
                    f"{job.actor}({', '.join(map(str, job.args))})",
                    job.state,
                    job.run_at and f"{job.run_at:%Y-%m-%d %H:%M} UTC",
                    job.retries,
                    job.what,
                    job.remedy if job.state == "dead" else None,
                )
                for job in found
            ],
        )
        typer.echo("{ready} ready, {leased} at work, {dead} given up".format(**counts))
    if counts["dead"]:
        raise typer.Exit(ATTENTION)


@app.command()
def retry(
    job_ids: Annotated[list[int] | None, NUMBERS] = None,
    every: Annotated[bool, typer.Option("--all", help="All jobs that were given up.")] = False,
    actor: Annotated[str | None, ACTOR] = None,
    organization: OrganizationId = None,
    data_dir: DataDir = None,
) -> None:
    """Let jobs run again at once, with all their attempts before them."""
    from sos_core.jobs import commands

    if every == bool(job_ids):
        raise typer.BadParameter("Name jobs by their numbers, or all of them with --all.")
    with open_database(data_dir, organization) as database, database.write(organization) as session:
        if every:
            number = commands.retry_dead_jobs(session, actor=actor)
        else:
            number = len(job_ids or ())
            for job_id in job_ids or ():
                commands.retry_job(session, job_id)
    typer.echo(f"{number} {'job' if number == 1 else 'jobs'} will run again.")


@app.command()
def discard(
    job_ids: Annotated[list[int], NUMBERS],
    organization: OrganizationId = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Delete jobs: what they were to do will not happen."""
    from sos_core.jobs import commands, queries

    with open_database(data_dir, organization) as database:
        with database.read(organization) as session:
            named = [queries.job(session, job_id) for job_id in job_ids]
        if not yes:
            what = ", ".join(f"{job.id} {job.actor}" for job in named)
            typer.confirm(f"Discard {what}?", abort=True)
        with database.write(organization) as session:
            for job_id in job_ids:
                commands.discard_job(session, job_id)
    number = len(job_ids)
    typer.echo(f"{number} {'job was' if number == 1 else 'jobs were'} discarded.")
