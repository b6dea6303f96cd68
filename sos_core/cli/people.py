"""`sos people`: the template, imports as plans that can be read, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sos_core.cli.context import DataDir, open_application
from sos_core.cli.failures import ATTENTION
from sos_core.cli.output import print_json, print_table, progress

if TYPE_CHECKING:
    from sos_core.application import Application
    from sos_core.database.session import OrganizationSession
    from sos_core.people.plan_queries import PlanRow
    from sos_core.records import PeoplePage, SelectivePages

app = typer.Typer(help="Bring people in from files, and take it back.", no_args_is_help=True)

ACTOR = "operator"
SHOWN = ("added", "moved", "changed", "reactivated", "deactivated", "suspect", "leader", "unit")
TOLD = ("rejected", "notice")

Organization = Annotated[
    int, typer.Option("--organization", help="Number of the organization.", min=1)
]
PlanId = Annotated[int, typer.Argument(help="Number of the plan, as `plans` shows it.", min=1)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Confirmation = Annotated[
    str | None,
    typer.Option("--confirm", help="What the plan asks to be typed: the number deactivated."),
]
Suspects = Annotated[
    Literal["same", "different"] | None,
    typer.Option("--suspects", help="Answer all suspected changes of address: same or different."),
]
FILE = typer.Argument(help="An .xlsx or .csv file.", exists=True, dir_okay=False, readable=True)
TARGET = typer.Argument(help="Where to write it; its ending says which kind: .xlsx or .csv.")
LANGUAGE = typer.Option(help="Language of the headings; default: the organization's.")
COMPLETE = typer.Option("--complete", help="The file names everybody: others are deactivated.")
BELOW = typer.Option("--below", help='Complete below this unit only, such as "Nordics/East".')
APPLY = typer.Option("--apply", help="Apply the plan at once.")
LIMIT = typer.Option(help="At most this many.", min=1, max=1000)
ROWS = typer.Option("--rows", help="Show at most this many rows of each kind.", min=0)


@app.command()
def template(
    target: Annotated[Path, TARGET],
    organization: Organization,
    language: Annotated[str | None, LANGUAGE] = None,
    data_dir: DataDir = None,
) -> None:
    """Write an empty file to fill in, with the organization's own level columns."""
    from sos_core.organizations.queries import organization as find

    with open_application(data_dir, organization) as application:
        with application.database.read(organization) as session:
            view = find(session, organization)
        kind = application.people_format(target.name)
        content = kind.template(view.levels, language or view.language, target.suffix.lower())
    target.write_bytes(content)
    typer.echo(f"The template is in {target}.")


@app.command("import")
def import_(
    file: Annotated[Path, FILE],
    organization: Organization,
    complete: Annotated[bool, COMPLETE] = False,
    below: Annotated[str | None, BELOW] = None,
    apply_now: Annotated[bool, APPLY] = False,
    suspects: Suspects = None,
    confirm: Confirmation = None,
    rows: Annotated[int, ROWS] = 20,
    data_dir: DataDir = None,
) -> None:
    """Read a file into a plan and show it. Exit code 3 when rows were rejected."""
    from sos_core.organizations.queries import organization as find
    from sos_core.people.comparison import CHANGE, Request
    from sos_core.people.comparison import COMPLETE as COMPLETE_LIST
    from sos_core.people.planning import draft_plan, store_plan

    with open_application(data_dir, organization) as application:
        database, now = application.database, application.clock()
        with database.read(organization) as session, progress("Reading people") as moved:
            levels = find(session, organization).levels
            source = application.people_format(file.name).open(file, levels)
            request = Request(
                mode=COMPLETE_LIST if complete or below is not None else CHANGE,
                scope_unit_id=None if below is None else _unit_id(session, below),
                source=source.name,
                title=file.name,
            )
            draft = draft_plan(session, _telling(source.pull(None), moved), request)
        with database.write(organization) as session:
            plan_id = store_plan(session, draft, actor=ACTOR, now=now)
        _show(application, organization, plan_id, rows)
        if apply_now:
            _apply(application, organization, plan_id, suspects, confirm)
    if draft.counts["rejected"]:
        raise typer.Exit(ATTENTION)


@app.command()
def plans(
    organization: Organization,
    limit: Annotated[int, LIMIT] = 20,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """List plans, the newest first."""
    import dataclasses

    from sos_core.people.plan_queries import plans as find

    with (
        open_application(data_dir, organization) as application,
        application.database.read(organization) as session,
    ):
        found = find(session, limit=limit)
    if as_json:
        print_json([dataclasses.asdict(view) for view in found])
        return
    print_table(
        ["Plan", "State", "From", "Mode", "Made", "By", "Changes"],
        [
            (
                view.id,
                "outdated" if view.outdated else view.state,
                view.title or view.source,
                view.mode,
                f"{view.created_at:%Y-%m-%d %H:%M} UTC",
                view.created_by,
                _summary(view.counts),
            )
            for view in found
        ],
    )


@app.command()
def show(
    plan_id: PlanId,
    organization: Organization,
    rows: Annotated[int, ROWS] = 50,
    data_dir: DataDir = None,
) -> None:
    """Show what a plan would do or has done."""
    with open_application(data_dir, organization) as application:
        _show(application, organization, plan_id, rows)


@app.command("apply")
def apply_(
    plan_id: PlanId,
    organization: Organization,
    suspects: Suspects = None,
    confirm: Confirmation = None,
    data_dir: DataDir = None,
) -> None:
    """Carry out a plan; refused when people have changed since it was made."""
    with open_application(data_dir, organization) as application:
        _apply(application, organization, plan_id, suspects, confirm)


@app.command()
def discard(plan_id: PlanId, organization: Organization, data_dir: DataDir = None) -> None:
    """Put a plan away without carrying it out."""
    from sos_core.people.planning import discard_plan

    with (
        open_application(data_dir, organization) as application,
        application.database.write(organization) as session,
    ):
        discard_plan(session, plan_id, actor=ACTOR, now=application.clock())
    typer.echo(f"Plan {plan_id} was discarded.")


@app.command()
def undo(plan_id: PlanId, organization: Organization, data_dir: DataDir = None) -> None:
    """Bring everything back that a plan changed."""
    from sos_core.people.undoing import undo_plan

    with (
        open_application(data_dir, organization) as application,
        application.database.write(organization) as session,
    ):
        undo_plan(
            session,
            plan_id,
            actor=ACTOR,
            now=application.clock(),
            named=application.named_elsewhere,
        )
    typer.echo(f"Plan {plan_id} was undone.")


def _telling(pages: Iterable[PeoplePage], moved: Callable[[int], None]) -> Iterable[PeoplePage]:
    from sos_core.records import SelectivePages

    return _Counted(pages, moved) if isinstance(pages, SelectivePages) else _counted(pages, moved)


class _Counted:
    """Pages that tell how far they have come, and leave out what is known where their source can."""

    def __init__(self, pages: SelectivePages, moved: Callable[[int], None]) -> None:
        self._pages = pages
        self._moved = moved

    def __iter__(self) -> Iterator[PeoplePage]:
        return _counted(iter(self._pages), self._moved)

    def without(self, known: Callable[[], Collection[int]]) -> Iterator[PeoplePage]:
        return _counted(self._pages.without(known), self._moved)


def _counted(pages: Iterable[PeoplePage], moved: Callable[[int], None]) -> Iterator[PeoplePage]:
    for page in pages:
        moved(len(page.records) + len(page.seen))
        yield page


def _unit_id(session: OrganizationSession, path: str) -> int:
    from sos_core.errors import NotFound
    from sos_core.people.identity import fold
    from sos_core.people.queries import units

    wanted = tuple(fold(name) for name in path.split("/"))
    for view in units(session):
        if tuple(fold(name) for name in view.path) == wanted:
            return view.id
    raise NotFound("There is no such unit.", "Choose one of the units shown.", code="no_such_unit")


def _apply(
    application: Application,
    organization: int,
    plan_id: int,
    suspects: str | None,
    confirm: str | None,
) -> None:
    from sos_core.people.applying import apply_in_turns
    from sos_core.people.plan_queries import plan
    from sos_core.people.planning import decide_suspects

    now = application.clock()
    if suspects:
        with application.database.write(organization) as session:
            answers = dict.fromkeys(range(len(plan(session, plan_id).same)), suspects == "same")
            decide_suspects(session, plan_id, answers, actor=ACTOR, now=now)
    apply_in_turns(
        application.database,
        organization,
        plan_id,
        actor=ACTOR,
        now=now,
        clock=application.clock,
        confirmation=confirm,
        named=application.named_elsewhere,
        # A server may be at work on the same file, whose writers this process does not see.
        enough=lambda: True,
    )
    typer.echo(f"Plan {plan_id} was applied; `sos people undo {plan_id}` takes it back.")


def _show(application: Application, organization: int, plan_id: int, rows: int) -> None:
    from sos_core.people.plan_queries import plan, plan_rows

    with application.database.read(organization) as session:
        view = plan(session, plan_id)
        found = {kind: plan_rows(session, plan_id, kind, count=rows) for kind in (*SHOWN, *TOLD)}
    typer.echo(f"Plan {plan_id} ({view.state}): {_summary(view.counts) or 'no changes'}.")
    lines = [_line(row) for kind in SHOWN if rows for row in found[kind]]
    if lines:
        print_table(["What", "Row", "Who", "Unit", "How"], lines)
    told = [(row.kind, row.row, row.column, row.what, row.remedy) for k in TOLD for row in found[k]]
    if told and rows:
        print_table(["Told", "Row", "Column", "What is wrong", "Next step"], told)
    if view.confirmation:
        typer.echo(
            f"To apply it, look at who is deactivated and add --confirm {view.confirmation}."
        )


def _summary(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)


def _line(row: PlanRow) -> tuple[object, ...]:
    how = "; ".join(f"{c.field}: {c.before or '–'} → {c.after or '–'}" for c in row.changes)
    return row.kind, row.row, row.name, " / ".join(row.unit), row.action or how
