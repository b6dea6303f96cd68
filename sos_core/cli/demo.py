"""`sos demo` and `sos token`: the demonstration organization, and tokens for scripts against it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from sos_core.cli.context import DataDir
from sos_core.cli.serve import HOST, PORT

AS = typer.Option(
    "--as",
    help="Whose token: admin, leader, viewer, participant, integration, operator, neighbor-admin "
    "or consultant.",
)
DEFAULT_DIR = Path(".demo")


def demo(
    data_dir: DataDir = None,
    host: Annotated[str, HOST] = "127.0.0.1",
    port: Annotated[int, PORT] = 8000,
) -> None:
    """Serve an organization of about 420 people with two published surveys and an open one.

    The first start takes up to a minute, since the organization's past goes through every real
    road; later starts keep the data.
    """
    importlib.import_module("sos_graphql.demo.main").serve_demo(
        data_dir or DEFAULT_DIR, host=host, port=port
    )


def token(who: Annotated[str, AS] = "admin", data_dir: DataDir = None) -> None:
    """Print a bearer token for the demonstration, valid for twelve hours."""
    typer.echo(
        importlib.import_module("sos_graphql.demo.main").demo_token(data_dir or DEFAULT_DIR, who)
    )
