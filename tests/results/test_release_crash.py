"""Crashes at every point of a close, and two closes at the same time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from sos_core.database.session import OrganizationSession
from sos_core.results import queries
from sos_core.results.counting import Counted
from sos_core.results.release import Closing, count_survey
from sos_core.results.stored import recomputes
from sos_core.surveys.queries import survey
from tests.results.closing_support import CUTS, World, everybody

STEPS = ("take_no_more", "publish", "rewrite", "destroy_key", "seal")


class Crash(BaseException):
    """The process is gone."""


@dataclass(frozen=True)
class Crashing(Closing):
    """Closes surveys and dies at one point: before or after a step, or inside a transaction."""

    point: str = ""
    path: list[str] = field(default_factory=list)

    def close_or_die(self, world: World, survey_id: int) -> None:
        self.close(world.organization_id, survey_id, world.clock())

    def reach(self, point: str) -> None:
        self.path.append(point)
        if point == self.point:
            raise Crash(point)

    def take_no_more(self, *args) -> None:
        self._around("take_no_more", super().take_no_more, *args)

    def publish(self, *args) -> None:
        self._around("publish", super().publish, *args)

    def rewrite(self, *args) -> None:
        self._around("rewrite", super().rewrite, *args)

    def destroy_key(self, *args) -> None:
        self._around("destroy_key", super().destroy_key, *args)

    def seal(self, *args) -> None:
        self._around("seal", super().seal, *args)

    def write(self, session: OrganizationSession, *args) -> bool:
        written = super().write(session, *args)
        session.flush()
        self.reach("in the transaction of the release")
        return written

    def _around(self, step: str, run: Callable[..., None], *args) -> None:
        self.reach(f"before {step}")
        run(*args)
        self.reach(f"after {step}")


def crashing(world: World, point: str) -> Crashing:
    known = world.closing
    return Crashing(
        known.database, known.keys, known.count, known.forget, known.released, point=point
    )


def test_a_close_that_dies_everywhere_still_ends_the_same(world: World) -> None:
    survey_id = world.open(cuts=CUTS)
    world.submit(survey_id, everybody(world))
    world.clock.advance(days=15)
    org = world.organization_id
    expected = count_survey(world.database, world.keys, org, survey_id).digest
    points = [f"{when} {step}" for step in STEPS for when in ("before", "after")]
    points.insert(points.index("after publish"), "in the transaction of the release")
    for point in points:
        with pytest.raises(Crash):
            crashing(world, point).close_or_die(world, survey_id)
        with world.database.read(org) as session:
            view, known = survey(session, survey_id), queries.release(session, survey_id)
            durable = known is not None
            assert durable == (view.state in ("tallied", "sealed"))
            if durable:
                assert known.digest == expected
                assert recomputes(session, survey_id)
        assert world.keys.exists(org, survey_id) or durable
    last = crashing(world, "nowhere")
    last.close_or_die(world, survey_id)
    assert last.path == []
    with world.database.read(org) as session:
        assert survey(session, survey_id).state == "sealed"
    assert not world.keys.exists(org, survey_id)
    assert world.released == [survey_id, survey_id]  # once in the transaction that died


def test_the_key_goes_last(world: World) -> None:
    survey_id = world.open()
    world.submit(survey_id, everybody(world))
    world.clock.advance(days=15)
    told = crashing(world, "nowhere")
    told.close_or_die(world, survey_id)
    steps = [point.split()[1] for point in told.path if point.startswith("before")]
    assert steps == list(STEPS)


def test_two_who_close_the_same_survey_write_one_release(world: World) -> None:
    survey_id = world.open()
    world.submit(survey_id, everybody(world))
    world.clock.advance(days=15)
    other = world.closing

    def count_and_be_overtaken(organization_id: int, which: int) -> Counted:
        counted = other.count(organization_id, which)
        other.close(organization_id, which, world.clock())
        return counted

    slow = replace(other, count=count_and_be_overtaken)
    slow.close(world.organization_id, survey_id, world.clock())
    with world.database.read(world.organization_id) as session:
        assert recomputes(session, survey_id)
        assert survey(session, survey_id).state == "sealed"
    assert world.released == [survey_id]


def test_a_survey_is_counted_anew_when_another_one_was_released_meanwhile(
    quick_world: World,
) -> None:
    world = quick_world
    first, second = world.open(), world.open_beside(title="Beside")
    world.submit(first, everybody(world, 1))
    world.submit(second, everybody(world, 2))
    world.clock.advance(days=15)
    plain = world.closing
    counts: list[Counted] = []

    def count_and_release_the_other(organization_id: int, which: int) -> Counted:
        counts.append(plain.count(organization_id, which))
        if len(counts) == 1:
            plain.close(organization_id, second, world.clock())
        return counts[-1]

    slow = replace(plain, count=count_and_release_the_other)
    slow.close(world.organization_id, first, world.clock())
    assert [counted.released for counted in counts] == [(), (second,)]
    with world.database.read(world.organization_id) as session:
        known = queries.release(session, first)
    assert known is not None
    assert known.digest == counts[1].digest
