"""`sos secrets`: new keys for what is encrypted in the database."""

from __future__ import annotations

from typing import Annotated

import typer

from sos_core.cli.context import DataDir, open_application
from sos_core.cli.failures import ATTENTION

app = typer.Typer(
    help="Change the keys that protect stored passwords, tokens and seeds.", no_args_is_help=True
)

DATA_KEYS = typer.Option(
    "--data-keys", help="Also make new data keys, and encrypt every secret under them."
)


@app.callback()
def root() -> None:
    """Change the keys that protect stored passwords, tokens and seeds."""


@app.command()
def rotate(data_dir: DataDir = None, data_keys: Annotated[bool, DATA_KEYS] = False) -> None:
    """Protect every stored secret with a new key; harmless to repeat, also after a crash."""
    from sos_core.organizations.rotation import rotate_data_keys, rotate_wrapping_key

    with open_application(data_dir) as application:
        file = application.vault.key_file
        wrapped = rotate_wrapping_key(application.database, application.vault)
        changed = rotate_data_keys(application.database, application.vault) if data_keys else None
        given, alone = file.is_given, len(file.load().keys) == 1
    typer.echo(f"{wrapped} data keys are wrapped with the key in use.")
    if changed is not None:
        typer.echo(f"{changed} secrets are encrypted under new data keys.")
    if given and alone:
        typer.echo(f"{file.setting} holds one key: put a new one before it, and run this again.")
        raise typer.Exit(ATTENTION)
    if given:
        typer.echo(f"{file.setting} can do without all keys but its first now.")
    else:
        typer.echo(f"Back up {file.path}: without it no secret can be read.")
