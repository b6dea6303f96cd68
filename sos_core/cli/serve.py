"""`sos serve`: the web server, with the job workers inside it unless they run apart."""

from __future__ import annotations

import importlib
from typing import Annotated

import typer

from sos_core.cli.context import DataDir, load_settings

HOST = typer.Option(help="Address to listen on; 0.0.0.0 for every network interface.")
PORT = typer.Option(min=1, max=65535, help="Port to listen on.")


def run(
    data_dir: DataDir = None,
    host: Annotated[str, HOST] = "127.0.0.1",
    port: Annotated[int, PORT] = 8000,
) -> None:
    """Serve the API, the pages and the widgets until interrupted; bring the database up to date first."""
    from sos_core.application import Application
    from sos_core.logs import configure_logging

    settings = load_settings(data_dir)
    configure_logging(settings)
    application = Application(settings)
    application.migrate()
    serve(application, host=host, port=port)


def serve(application: object, *, host: str, port: int) -> None:
    """Serve ``application`` until interrupted, then finish what is under way."""
    import uvicorn

    # By name, since the web stands above the command line and may not be imported from it.
    create_app = importlib.import_module("sos_graphql.app").create_app
    uvicorn.run(
        create_app(application),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=30,
        ws_max_size=100_000,
    )
