"""Failures as a person reads them: what went wrong and what to do, and the exit code."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from sos_core.errors import Misconfigured, SosError
from sos_core.log_redaction import clean

FAILED = 1
USAGE = 2
ATTENTION = 3


class Commands(TyperGroup):
    """A group of commands whose expected failures end in two lines and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a SosError is printed, anything unexpected stays a traceback."""
        from pydantic import ValidationError
        from sqlalchemy.exc import DBAPIError

        try:
            return super().invoke(ctx)
        except SosError as error:
            # What a user is spared, whoever runs SOS needs: the database's own words.
            cause = error.__cause__
            fail(_database_failed(cause) if isinstance(cause, DBAPIError) else error)
        except ValidationError as error:
            if error.title != "Settings":
                raise
            fail(_wrong_settings(error))
        except DBAPIError as error:
            fail(_database_failed(error))


def fail(error: SosError, code: int = FAILED) -> None:
    """Print what went wrong and the next step to the standard error, and end with ``code``."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text(error.what, style="bold red"))
    if error.remedy:
        console.print(Text(error.remedy))
    raise typer.Exit(code)


def _wrong_settings(error: Any) -> SosError:
    # Names and reasons only: a value may be a password.
    faults = "; ".join(
        f"SOS_{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
    return Misconfigured(
        f"A setting cannot be used: {faults}.",
        "Correct it in the environment and run the command again.",
        code="wrong_settings",
    )


def _database_failed(error: Any) -> SosError:
    reason = str(error.orig).strip().splitlines() or [type(error).__name__]
    return Misconfigured(
        f"The database refused: {clean(reason[0])}.",
        "Check SOS_DATABASE_URL or --data-dir, that the database is running, and that its schema is "
        "current (`sos database upgrade`).",
        code="database_failed",
    )
