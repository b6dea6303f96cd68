"""A close is killed inside every one of its steps until it is through: the release is the same."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import psycopg
from sqlalchemy import func, select, text

from sos_core.application import Application
from sos_core.ballots import sealing
from sos_core.ballots.answers import encode
from sos_core.ballots.commands import SealedBallot, store_ballots
from sos_core.ballots.tables import Ballot
from sos_core.clock import now
from sos_core.jobs import queries
from sos_core.results.rate_nodes import rate_nodes
from sos_core.results.stored import recomputes
from sos_core.results.tables import Release, ReleaseComment, ReleasePart
from sos_core.settings import Settings
from sos_core.surveys.commands import SurveySettings, create_survey, open_survey
from sos_core.surveys.queries import survey
from tests.conftest import with_database
from tests.crash.foreman import Crew, Foreman, until
from tests.crash.installation import STEPS
from tests.crash.invitations import found
from tests.results.closing_support import ASKED, draw_answers

LEASE = 2.5
MOST_KILLS = 3
"""A job on whose desk a fifth worker dies is laid aside for a person; one is spare for a busy machine."""
CHUNK = 500
OWNER = "SELECT quote_ident(pg_get_userbyid(datdba)) FROM pg_database WHERE datname = %s"
WEIGHTS = {"take_no_more": 1, "publish": 6, "rewrite": 3, "destroy_key": 2, "seal": 2}
"""How often each step is chosen to die in; most happens in the second."""


@dataclass
class Report:
    """What came of a run."""

    ballots: int
    rounds: int = 0
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("", *STEPS), 0))
    different: int = 0
    unfinished: int = 0
    left: int = 0
    early: int = 0
    strays: int = 0
    seconds: float = field(default_factory=time.monotonic)

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        faults = (self.different, self.unfinished, self.left, self.early, self.strays)
        return faults == (0, 0, 0, 0, 0)

    def __str__(self) -> str:
        inside = ", ".join(f"{count} in {step}" for step, count in self.kills.items() if step)
        return (
            f"{self.rounds} closes of {self.ballots} ballots, killed {sum(self.kills.values())} x "
            f"({self.kills['']} between steps, {inside}): {self.different} releases differ from the "
            f"undisturbed one, {self.unfinished} not sealed, {self.left} ballots left, "
            f"{self.early} keys destroyed before the release was stored, {self.strays} processes "
            f"left that had counted, {self.seconds:.1f} s"
        )


def plan(chance: random.Random, kills: int) -> list[str]:
    """Draw the steps to die in, in their order; the first one is always reached."""
    steps = chance.choices(STEPS, weights=[WEIGHTS[step] for step in STEPS], k=kills)
    return sorted([min(steps[0], "publish", key=STEPS.index), *steps[1:]], key=STEPS.index)


@dataclass
class Place:
    """One copy of an installation whose survey is due to close."""

    folder: Path
    url: str
    organization_id: int
    survey_id: int

    def application(self) -> Application:
        """Return the installation, to look at it."""
        return Application(Settings(data_dir=self.folder, database_url=self.url, workers=0))

    def copy(self, name: str) -> Place:
        """Return a copy; nothing may be connected to the original."""
        folder = self.folder.parent / name
        shutil.copytree(self.folder, folder)
        if self.url.startswith("sqlite"):
            return Place(
                folder, f"sqlite:///{folder / 'sos.db'}", self.organization_id, self.survey_id
            )
        with psycopg.connect(with_database(self.url, "postgres"), autocommit=True) as connection:
            original = self.url.partition("?")[0].rpartition("/")[2]
            owner = connection.execute(OWNER, (original,)).fetchone()
            connection.execute(
                f"CREATE DATABASE {original}_{name} TEMPLATE {original} OWNER {owner[0]}"
            )
        url = with_database(self.url, f"{original}_{name}")
        return Place(folder, url, self.organization_id, self.survey_id)


def run(
    foreman: Foreman, folder: Path, url: str, *, ballots: int, rounds: int, kills: int, seed: int
) -> Report:
    """Close ``rounds`` copies, each killed up to ``kills`` times, and compare with one in peace."""
    chance = random.Random(seed)
    report = Report(ballots)
    place = prepare(folder / "original", url, ballots, seed)
    peace = place.copy("peace")
    lengths = close_in_peace(foreman, peace)
    wanted = published(peace)
    for number in range(rounds):
        report.rounds += 1
        victim = place.copy(f"round{number}")
        for step in plan(chance, min(kills, MOST_KILLS)):
            kill_within(foreman, victim, step, lengths[step] * chance.random(), report)
        with Crew(foreman, "work", victim.folder, victim.url, LEASE) as crew:
            crew.start()
            finish(victim)
        report.different += published(victim) != wanted
        judge(victim, report)
        shutil.rmtree(victim.folder)
    until(lambda: not foreman.running(), time.monotonic() + 30)
    report.strays = len(foreman.running())
    report.seconds = time.monotonic() - report.seconds
    return report


def prepare(folder: Path, url: str, ballots: int, seed: int) -> Place:
    """Make an installation whose survey has been answered by everybody, and is due to close."""
    folder.mkdir(parents=True)
    if url.startswith("sqlite"):
        url = f"sqlite:///{folder / 'sos.db'}"
    application, organization_id = found(folder, url, ballots)
    began = now() - timedelta(days=20)
    with application.database.write(organization_id) as session:
        settings = SurveySettings(title="Spring", cuts=("leaders",))
        survey_id = create_survey(session, settings, now=began, actor="crash")
        open_survey(
            session, survey_id, now=began, actor="crash", keys=application.keys,
            rate_nodes=rate_nodes,
        )  # fmt: skip
    sealed = seal(application, organization_id, survey_id, ballots, seed)
    for start in range(0, len(sealed), CHUNK):
        with application.database.write(organization_id) as session:
            store_ballots(session, sealed[start : start + CHUNK], now=began)
    if application.database.is_sqlite:
        with application.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    application.stop()
    return Place(folder, url, organization_id, survey_id)


def seal(
    application: Application, organization_id: int, survey_id: int, ballots: int, seed: int
) -> list[SealedBallot]:
    """Return everybody's random answers, sealed, some with a comment."""
    key, rng = application.keys.load(organization_id, survey_id), np.random.default_rng(seed)
    made = []
    for person in range(1, ballots + 1):
        said = {"direction": f"What {person} says."} if person % 3 == 0 else {}
        secret = sealing.person_secret(key, person)
        body = sealing.seal(secret, encode(draw_answers(rng, **said), ASKED))
        made.append(
            SealedBallot(
                organization_id, survey_id, person, sealing.ballot_id(secret), body,
                submitted=True, sequence=0, secret=secret,
            )
        )  # fmt: skip
    return made


def close_in_peace(foreman: Foreman, place: Place) -> dict[str, float]:
    """Let a worker close a survey undisturbed; return how many seconds each step took."""
    with Crew(foreman, "work", place.folder, place.url, LEASE) as crew:
        crew.start()
        finish(place)
    lengths = dict.fromkeys(STEPS, 0.0)
    for line in (place.folder / "diary").read_text().splitlines():
        _, _, verb, step, instant = line.split()
        lengths[step] += float(instant) * (1 if verb == "end" else -1)
    return lengths


def kill_within(foreman: Foreman, place: Place, step: str, after: float, report: Report) -> None:
    """Let a worker begin and die ``after`` seconds inside ``step``; not where it is past that."""
    more = (LEASE, "-", step, after)
    with Crew(foreman, "work", place.folder, place.url, *more) as crew:
        worker = crew.start()
        application = place.application()
        deadline = time.monotonic() + 300
        until(lambda: crew.has_ended(worker) or stands(application, place) == "sealed", deadline)
        if crew.has_ended(worker):
            crew.wait(worker)
            report.kills[standing(place)] += 1
        application.stop()
    judge_key(place, report)


def standing(place: Place) -> str:
    """Return the step that was begun and not ended when the worker died."""
    last = lines(place.folder / "diary")[-1].split()
    return last[3] if last[2] == "begin" else ""


def lines(diary: Path) -> list[str]:
    """Return the whole lines of a diary that may be written to at this moment."""
    written = diary.read_text() if diary.exists() else ""
    return written[: written.rfind("\n") + 1].splitlines()


def finish(place: Place) -> None:
    """Wait until the survey is sealed and its close is settled."""
    application = place.application()

    def settled() -> bool:
        with application.database.read(place.organization_id) as session:
            return not queries.jobs(session, actor="results.close")

    until(lambda: stands(application, place) == "sealed" and settled(), time.monotonic() + 300)
    application.stop()


def stands(application: Application, place: Place) -> str:
    """Return the state of the survey."""
    with application.database.read(place.organization_id) as session:
        return survey(session, place.survey_id).state


def published(place: Place) -> tuple[object, ...]:
    """Return every byte of a release; of comments all but their random ids."""
    application = place.application()
    with application.database.read(place.organization_id) as session:
        release = session.execute(
            select(Release.digest, Release.figures_digest, Release.submitted, Release.invited)
        ).all()
        parts = session.execute(
            select(ReleasePart.name, ReleasePart.body).order_by(ReleasePart.name)
        )
        comments = session.execute(
            select(ReleaseComment.prompt, ReleaseComment.cell, ReleaseComment.body)
        )
        content = (tuple(release), tuple(parts), tuple(sorted(map(tuple, comments))))
        content += (recomputes(session, place.survey_id),)
    application.stop()
    return content


def judge_key(place: Place, report: Report) -> None:
    """The key goes last: without it there is a release."""
    application = place.application()
    if not application.keys.exists(place.organization_id, place.survey_id):
        with application.database.read(place.organization_id) as session:
            report.early += session.scalar(select(func.count()).select_from(Release)) == 0
    application.stop()


def judge(place: Place, report: Report) -> None:
    """After the close no key, no ballot, and on PostgreSQL no partition is left."""
    application = place.application()
    with application.database.read(place.organization_id) as session:
        report.unfinished += survey(session, place.survey_id).state != "sealed"
        report.left += session.scalar(select(func.count()).select_from(Ballot)) or 0
        if not application.database.is_sqlite:
            left = text("SELECT count(*) FROM pg_class WHERE relname LIKE 'ballot_survey_%'")
            report.left += session.scalar(left) or 0
    report.left += application.keys.exists(place.organization_id, place.survey_id)
    application.stop()
