"""What commands work on: the settings, the database, or the whole application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sos_core.errors import NotFound
from sos_core.settings import Settings

if TYPE_CHECKING:
    from sos_core.application import Application
    from sos_core.database import Database

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of the database file and keys; default: SOS_DATA_DIR.",
        show_default=False,
        file_okay=False,
    ),
]
"""The option that every command takes which works on an installation."""

OrganizationId = Annotated[
    int | None,
    typer.Option("--organization", help="Only this organization; default: all.", min=1),
]


def load_settings(data_dir: Path | None = None, **changes: Any) -> Settings:
    """Return the settings of the environment, ``changes`` and a given data folder going first."""
    if data_dir is not None:
        changes["data_dir"] = data_dir
    return Settings(**changes)


@contextmanager
def open_database(
    data_dir: Path | None = None, organization: int | None = None
) -> Iterator[Database]:
    """Open the database of an installation that exists already; raise NotFound without one.

    Also raise it where ``organization`` is given and there is none of that number.
    """
    settings = load_settings(data_dir)
    if not settings.database_url and not (settings.data_dir / "sos.db").exists():
        raise NotFound(
            "There is no SOS database in {folder}.",
            "Name its folder with --data-dir, or make one with `sos database upgrade`.",
            code="no_database",
            values={"folder": settings.data_dir},
        )
    with _database(settings) as database:
        _require(database, organization)
        yield database


@contextmanager
def make_database(data_dir: Path | None = None) -> Iterator[Database]:
    """Open the database of an installation, and make its folder where there is none."""
    settings = load_settings(data_dir)
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    with _database(settings) as database:
        yield database


@contextmanager
def open_application(
    data_dir: Path | None = None, organization: int | None = None, **changes: Any
) -> Iterator[Application]:
    """Open the whole application, logs configured, no worker started; stop it at the end.

    Raise NotFound where ``organization`` is given and there is none of that number.
    """
    from sos_core.application import Application
    from sos_core.logs import configure_logging

    settings = load_settings(data_dir, **changes)
    configure_logging(settings)
    application = Application(settings)
    try:
        _require(application.database, organization)
        yield application
    finally:
        application.stop()


def _require(database: Database, organization_id: int | None) -> None:
    if organization_id is None:
        return
    from sos_core.organizations.queries import organizations

    with database.read(None) as session:
        if any(view.id == organization_id for view in organizations(session)):
            return
    raise NotFound(
        "There is no organization {number}.",
        "See the numbers with `sos organizations list`.",
        code="no_such_organization",
        values={"number": organization_id},
    )


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    from sos_core.database import Database
    from sos_core.organizations.audit import give_audit_keys
    from sos_core.organizations.key_ring import audit_keys

    database = Database(settings.effective_database_url)
    give_audit_keys(database, audit_keys(settings).load)
    try:
        yield database
    finally:
        database.close()
