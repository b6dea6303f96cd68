"""Builds the demonstration where there is none, serves it, and lets people go on answering."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import structlog
import uvicorn
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from starlette.applications import Starlette

from sos_core.access.api_keys import create_api_key
from sos_core.access.scopes import Scope
from sos_core.application import Application
from sos_core.clock import ManualClock, now
from sos_core.content import questionnaire
from sos_core.errors import InvalidInput, NotFound
from sos_core.logs import configure_logging
from sos_core.settings import Settings
from sos_graphql.app import create_app
from sos_graphql.demo.build import build
from sos_graphql.demo.client import DemoClient, DemoFailed
from sos_graphql.demo.crowd import answer, respondents
from sos_graphql.demo.mailbox import Mailbox
from sos_graphql.demo.people import cast
from sos_graphql.demo.sign_ins import SignIn, load_sign_ins, save_sign_ins, token

LAST = 2
LEAST_WIDTH = 100
INTEGRATION = "integration"
KEY_LENGTH = timedelta(hours=12)
SECONDS_BETWEEN_ANSWERS = 20.0
log = structlog.get_logger(__name__)
console = Console(stderr=False)


def serve_demo(folder: Path, *, host: str, port: int) -> None:
    """Serve the demonstration in the foreground until interrupted; its data stay in ``folder``."""
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
    if not (folder / "sign-ins.json").exists():
        _build(folder, address)
    settings = demo_settings(folder, address)
    configure_logging(settings)
    application = Application(settings)
    application.migrate()
    app = create_app(application)
    app.router.lifespan_context = _with_crowd(app, application)
    _show(load_sign_ins(folder), address)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def demo_token(folder: Path, role: str) -> str:
    """Return a bearer token of the demonstration's account for ``role``.

    ``integration`` is a program: an API key of twelve hours with every scope. Raises NotFound where
    there is no demonstration, and InvalidInput, naming the roles, where nobody has this one.
    """
    if not (folder / "sign-ins.json").exists():
        raise NotFound(
            "There is no demonstration in {folder}.",
            "Run `make demo` first, and ask again while it runs.",
            code="no_demo",
            values={"folder": folder},
        )
    accounts = {account.role: account for account in load_sign_ins(folder)}
    if role not in {*accounts, INTEGRATION}:
        raise InvalidInput(
            "The demonstration has nobody who is “{role}”.",
            "Choose one of {roles}.",
            code="no_demo_role",
            field="as",
            values={"role": role, "roles": ", ".join([*accounts, INTEGRATION])},
        )
    application = Application(demo_settings(folder, "http://127.0.0.1"))
    try:
        if role == INTEGRATION:
            return _key(application, next(iter(accounts.values())))
        return token(application, accounts[role], application.clock())
    finally:
        application.stop()


def _key(application: Application, of: SignIn) -> str:
    """Return a new API key of the organization of an account."""
    moment = application.clock()
    with application.database.write(of.organization_id) as session:
        return create_api_key(
            session,
            name="make token AS=integration",
            scopes=[scope.value for scope in Scope],
            actor=f"account:{of.account_id}",
            now=moment,
            expires_at=moment + KEY_LENGTH,
        ).token


def demo_settings(folder: Path, address: str) -> Settings:
    """Return the settings of a demonstration: everything in its folder, quiet logs."""
    return Settings(
        data_dir=folder,
        public_url=address,
        log_level="warning",
        operators_second_factor=False,  # its operator is for looking around, as everybody in it
    )


def _build(folder: Path, address: str) -> None:
    """Build into a folder beside, so that a half-built demonstration is never served."""
    import shutil

    fresh = folder.with_name(f"{folder.name}.building")
    shutil.rmtree(fresh, ignore_errors=True)
    settings = demo_settings(fresh, address)
    configure_logging(settings)
    clock = ManualClock(now())
    application = Application(settings, clock=clock)
    try:
        with Progress(console=console) as progress:
            bars: dict[str, TaskID] = {}

            def tell(what: str, done: int, of: int) -> None:
                if what not in bars:
                    bars[what] = progress.add_task(what, total=of)
                progress.update(bars[what], completed=done)

            sign_ins = asyncio.run(build(application, clock, now=now(), tell=tell))
    finally:
        application.stop()
    save_sign_ins(fresh, sign_ins)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _with_crowd(app: Starlette, application: Application):  # type: ignore[no-untyped-def]
    """Return a lifespan that also lets one more person answer the open survey now and then."""
    serving = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with serving(app):
            crowd = asyncio.create_task(_keep_answering(app, application))
            try:
                yield
            finally:
                crowd.cancel()
                with suppress(asyncio.CancelledError):
                    await crowd

    return lifespan


async def _keep_answering(app: Starlette, application: Application) -> None:
    """Let the people who have not answered yet do so, one after another, until the survey closes."""
    links = await asyncio.to_thread(Mailbox(application.settings.mail_dir).links)
    early = {person.email for person in respondents(cast(), LAST)}
    late = [p for p in cast() if p.email in links and p.email not in early]
    form = questionnaire()
    async with DemoClient(app, application.settings.public_url) as client:
        for person in itertools.islice(late, len(late) * 2 // 3):
            await asyncio.sleep(SECONDS_BETWEEN_ANSWERS)
            try:
                await answer(client, person, links[person.email], LAST, form)
            except DemoFailed:
                log.info("the demonstration's survey takes no more answers")
                return


def _show(sign_ins: list[SignIn], address: str) -> None:
    """Print who can sign in, whole addresses also where a terminal is narrow: they are copied."""
    table = Table(title=f"SOS is at {address}/app", title_justify="left", box=SIMPLE)
    for title in ("Sign in as", "E-mail address", "Password"):
        table.add_column(title)
    for account in sign_ins:
        table.add_row(account.role, account.email, account.password)
    wide = Console(width=max(console.width, LEAST_WIDTH))
    wide.print(table)
    wide.print(f"Mails are in the folder mail of the demonstration. API: {address}/graphql")
    wide.print("Stop with Ctrl-C; `make demo` goes on where it was, `make demo-reset` starts over.")
