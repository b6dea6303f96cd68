"""`sos signing-keys`: the keys that sign guests' tokens, listed, renewed and given up."""

from __future__ import annotations

from typing import Annotated

import typer

from sos_core.cli.context import DataDir, open_application
from sos_core.cli.output import print_table

app = typer.Typer(
    help="List, renew or give up the keys that sign the tokens of embedded widgets.",
    no_args_is_help=True,
)

KID = typer.Argument(help="Name of the key, or the beginning of it.")
AT_ONCE = typer.Option(
    "--at-once", help="Let the earlier keys verify nothing any more: one of them may be known."
)
FORM = "%Y-%m-%d %H:%M UTC"


@app.command(name="list")
def show(data_dir: DataDir = None) -> None:
    """List the keys that sign or still verify, the newest first."""
    from sos_core.access.guest_claims import LONGEST_LIFE
    from sos_core.access.signing_keys import signing_keys

    with open_application(data_dir) as application, application.database.read(None) as session:
        keys = signing_keys(session, application.clock())
    rows = [
        (
            key.kid,
            f"{key.created_at:{FORM}}",
            f"{key.verifies_until - LONGEST_LIFE:{FORM}}" if key.signs else "no more",
            f"{key.verifies_until:{FORM}}",
        )
        for key in keys
    ]
    print_table(("key", "made", "signs until", "verifies until"), rows)


@app.command()
def renew(data_dir: DataDir = None, at_once: Annotated[bool, AT_ONCE] = False) -> None:
    """Make a new key that signs from now on; tokens of the one before end within ten minutes."""
    from sos_core.access.signing_keys import renew_signing_key

    with open_application(data_dir) as application, application.database.write(None) as session:
        made = renew_signing_key(session, application.vault, application.clock(), at_once=at_once)
    typer.echo(f"Key {made.kid} signs from now on.")
    typer.echo(
        "Every earlier token has ended: widgets ask for new ones."
        if at_once
        else "Earlier tokens are good until they end by themselves."
    )


@app.command()
def retire(key: Annotated[str, KID], data_dir: DataDir = None) -> None:
    """Let one key neither sign nor verify any more; if it signed, the next token makes a new one."""
    from sos_core.access.signing_keys import retire_signing_key

    with open_application(data_dir) as application, application.database.write(None) as session:
        kid = retire_signing_key(session, key, application.clock())
    typer.echo(f"Key {kid} is good for nothing any more, and neither is any token that it signed.")
