"""An installation behind a port of this machine, and what people do with its pages."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from playwright.sync_api import Locator, Page, expect

from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.settings import Settings
from sos_graphql.app import create_app
from sos_graphql.demo.mailbox import Mailbox
from tests.embed.browser import toolchain
from tests.embed.serving import serve

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@dataclass
class House:
    """A served installation with a clock of its own; nothing happens in it but what a test drains."""

    application: Application
    clock: ManualClock
    base: str
    passwords: dict[str, tuple[str, str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._mailbox = Mailbox(self.application.settings.mail_dir)

    def drain(self) -> None:
        """Run what is due, as the schedule and the workers would."""
        elsewhere(self.application.jobs.drain)

    def link(self, email: str) -> str:
        """Return the address in the newest mail to somebody that leads to the survey."""
        self.links.update(self._mailbox.links())
        return f"{self.base}/s/{self.links[email]}"

    def show(self, page: Page, path: str) -> Page:
        """Open a page of the house, by its path or a whole address."""
        page.goto(path if path.startswith("http") else self.base + path)
        return page

    def sign_in(self, page: Page, role: str, path: str = "/app") -> Page:
        """Sign in with the password of a role on the page that asks for it, and go on to ``path``."""
        email, password = self.passwords[role]
        self.show(page, path)
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click("main button.primary")
        page.wait_for_url(f"**{path}")
        return page


def elsewhere(work: Callable[[], object]) -> None:
    """Do something in a thread, for Playwright's event loop counts as running in this one."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


@contextmanager
def quiet() -> Iterator[None]:
    """Log warnings only: thousands of requests would bury what a failed test has to tell."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


@contextmanager
def built(
    folder: Path, clock: ManualClock, fill: Callable[[Application], object]
) -> Iterator[House]:
    """Fill an installation in ``folder`` and serve it, workers apart."""
    toolchain.build()
    listening = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(data_dir=folder, public_url=base, operators_second_factor=False)
    application = Application(settings, clock=clock)
    with quiet():
        elsewhere(lambda: fill(application))
    with serve(create_app(application, run_jobs=False), listening):
        yield House(application, clock, base)


def widget(page: Page, name: str) -> Locator:
    """Return a widget that has drawn itself."""
    found = page.locator(name)
    found.scroll_into_view_if_needed()
    expect(found.locator("[part=frame][aria-busy=false]")).to_be_visible()
    return found
