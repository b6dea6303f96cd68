"""Wall times, reminder schedules and what a downtime missed."""

# ruff: noqa: DTZ001 - wall times have no zone

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.errors import InvalidInput
from sos_core.surveys.timetable import (
    DEFAULT_RULES,
    KINDS,
    Rule,
    Times,
    check_times,
    default_times,
    due_step,
    instant,
    next_transition,
    plan_steps,
    unused_name,
    wall_time,
)

ZONES = (
    "UTC", "Europe/Stockholm", "Europe/London", "America/New_York", "America/Sao_Paulo",
    "America/St_Johns", "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran",
    "Africa/Nairobi", "Africa/Casablanca", "Australia/Lord_Howe", "Australia/Adelaide",
    "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Honolulu",
    "America/Santiago", "Antarctica/Troll",
)  # fmt: skip
zones = st.sampled_from(ZONES)
walls = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31)).map(
    lambda wall: wall.replace(microsecond=0)
)


def test_a_skipped_time_is_an_hour_later() -> None:
    moment = instant(datetime(2026, 3, 29, 2, 30), "Europe/Stockholm")
    assert wall_time(moment, "Europe/Stockholm") == datetime(2026, 3, 29, 3, 30)


def test_of_a_repeated_time_the_first_counts() -> None:
    moment = instant(datetime(2026, 10, 25, 2, 30), "Europe/Stockholm")
    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant(datetime(2026, 10, 25, 2, 30, fold=1), "Europe/Stockholm") == moment


@given(walls, zones)
def test_a_wall_time_comes_back_unless_it_was_skipped(wall: datetime, zone: str) -> None:
    back = wall_time(instant(wall, zone), zone)
    if back != wall:
        assert timedelta(0) < back - wall <= timedelta(hours=24)
        # A skipped minute: no instant of the zone has this wall time.
        for fold in (0, 1):
            aware = wall.replace(tzinfo=ZoneInfo(zone), fold=fold)
            assert aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall


@given(walls, zones)
def test_the_first_of_two_instants_is_chosen(wall: datetime, zone: str) -> None:
    second = wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    first = instant(wall, zone)
    if wall_time(first, zone) == wall == wall_time(second, zone):
        assert first <= second


@given(walls, zones)
def test_default_is_two_weeks_of_wall_time(wall: datetime, zone: str) -> None:
    now = wall.replace(tzinfo=UTC)
    times = default_times(now, zone)
    assert times.closes - times.opens == timedelta(days=14)
    assert instant(times.opens, zone) > now - timedelta(hours=24)
    check_times(times, zone, now)


def test_times_in_the_wrong_order() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    base = default_times(now, "UTC")
    for times, code in (
        (Times(base.closes, base.opens, base.publishes), "survey_times_wrong"),
        (Times(base.opens, base.opens + timedelta(days=100), base.publishes), "survey_times_wrong"),
        (Times(base.opens, base.closes, base.opens), "survey_publishes_too_early"),
    ):
        with pytest.raises(InvalidInput) as caught:
            check_times(times, "UTC", now)
        assert caught.value.code == code
    with pytest.raises(InvalidInput) as caught:
        check_times(base, "UTC", now + timedelta(days=60))
    assert caught.value.code == "survey_close_passed"


@pytest.mark.parametrize("wall", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_no_survey_is_at_the_ends_of_all_days(wall: datetime, zone: str) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for reckon in (lambda: instant(wall, zone), lambda: default_times(now, zone, wall)):
        with pytest.raises(InvalidInput) as caught:
            reckon()
        assert caught.value.code == "not_a_date_time"


def test_an_hour_that_never_was_is_no_survey() -> None:
    times = Times(datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 3, 10), datetime(2026, 3, 30))
    with pytest.raises(InvalidInput):
        check_times(times, "Europe/Stockholm", datetime(2026, 3, 1, tzinfo=UTC))


def test_default_reminders() -> None:
    times = default_times(datetime(2026, 3, 2, tzinfo=UTC), "Europe/Oslo")
    assert [(s.step, s.due) for s in plan_steps(times, "Europe/Oslo", DEFAULT_RULES)] == [
        ("reminder_1", datetime(2026, 3, 8, 9)),
        ("reminder_2", datetime(2026, 3, 13, 9)),
        ("last_day", datetime(2026, 3, 16, 9)),
    ]


rules = st.lists(
    st.builds(
        Rule,
        st.sampled_from(KINDS),
        st.sampled_from(["opens", "closes"]),
        st.integers(0, 30),
        st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
    ),
    max_size=6,
)


@given(walls, zones, st.integers(1, 2000), rules, st.sets(st.sampled_from(KINDS)))
def test_reminders_lie_inside_once_a_day_with_names_of_their_own(
    opens: datetime, zone: str, hours: int, some: list[Rule], begun: set[str]
) -> None:
    times = Times(opens, opens + timedelta(hours=hours), opens + timedelta(hours=hours))
    planned = plan_steps(times, zone, some, begun=begun)
    names = [step.step for step in planned]
    assert len(set(names)) == len(names)
    assert not begun & set(names)
    days = [step.due.date() for step in planned]
    assert days == sorted(set(days))
    for step in planned:
        assert instant(times.opens, zone) < instant(step.due, zone) < instant(times.closes, zone)


@given(rules)
def test_rules_survive_being_stored(some: list[Rule]) -> None:
    assert [Rule.from_json(rule.to_json()) for rule in some] == some


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "daily", "anchor": "opens", "days": 1, "at": "09:00"},
        {"kind": "last_day", "anchor": "sometime", "days": 1, "at": "09:00"},
        {"kind": "last_day", "anchor": "closes", "days": -1, "at": "09:00"},
        {"kind": "last_day", "anchor": "closes", "days": 1, "at": "9 o'clock"},
        {"kind": "last_day", "anchor": "closes", "days": "many", "at": "09:00"},
        {"kind": "last_day", "anchor": "closes", "days": 1, "at": "09:00+01:00"},
    ],
)
def test_rules_that_make_no_sense(data: dict) -> None:
    with pytest.raises(InvalidInput):
        Rule.from_json(data)


def test_an_extended_survey_reminds_of_its_new_close_only() -> None:
    times = Times(datetime(2026, 3, 2, 8), datetime(2026, 3, 30, 8), datetime(2026, 4, 1))
    begun = ["invitation", "reminder_1", "reminder_2", "last_day"]
    planned = plan_steps(times, "UTC", DEFAULT_RULES, begun=begun)
    assert [(s.step, s.kind, s.due) for s in planned] == [
        ("last_day.2", "last_day", datetime(2026, 3, 29, 9))
    ]
    assert unused_name("now", {"now", "now.2"}) == "now.3"


NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_only_the_latest_missed_reminder_is_sent() -> None:
    waiting = [
        ("reminder_1", NOW - timedelta(days=5)),
        ("reminder_2", NOW - timedelta(days=1)),
        ("last_day", NOW + timedelta(days=1)),
    ]
    assert due_step(waiting, NOW) == ("reminder_2", ["reminder_1"])
    assert due_step([("invitation", NOW - timedelta(days=6)), *waiting], NOW) == (
        "invitation",
        ["reminder_1", "reminder_2"],
    )
    assert due_step(waiting, NOW - timedelta(days=6)) == (None, [])


steps = st.dictionaries(
    st.sampled_from(["invitation", *KINDS, "now", "last_day.2"]),
    st.integers(-1000, 1000).map(lambda hours: NOW + timedelta(hours=hours)),
)


@given(steps)
def test_what_is_due_is_started_or_skipped_and_nothing_else(waiting: dict) -> None:
    start, skip = due_step(list(waiting.items()), NOW)
    due = {step for step, moment in waiting.items() if moment <= NOW}
    assert {*skip, *([start] if start else [])} == due
    assert start not in skip
    if start is not None and "invitation" not in due:
        assert all(waiting[step] <= waiting[start] for step in skip)


def times_after(state: str, move: str | None) -> str:
    return {"open": "open", "close": "sealed"}.get(move or "", state)


@given(
    st.lists(st.integers(0, 100), min_size=3, max_size=3, unique=True).map(sorted),
    st.lists(st.integers(-10, 110), max_size=12),
)
def test_a_scheduled_survey_goes_its_way_whenever_somebody_looks(
    hours: list[int], looks: list[int]
) -> None:
    """The clock may stand, jump over everything, or step back: no step comes twice or early."""
    opens, closes, publishes = (NOW + timedelta(hours=hour) for hour in hours)
    state, scheduled, announced = "draft", True, False
    seen: list[str] = []
    for hour in looks:
        now = NOW + timedelta(hours=hour)
        while move := next_transition(
            state,
            scheduled=scheduled,
            announced=announced,
            opens_at=opens,
            closes_at=closes,
            publishes_at=publishes,
            now=now,
        ):
            due = {"open": opens, "miss": closes, "close": closes, "announce": publishes}[move]
            assert now >= due
            seen.append(move)
            scheduled = scheduled and move not in ("open", "miss")
            announced = announced or move == "announce"
            state = times_after(state, move)
    whole = ["open", "close", "announce"]
    assert seen in ([], ["miss"], whole[:1], whole[:2], whole)


def test_what_is_not_scheduled_never_opens() -> None:
    assert (
        next_transition(
            "draft",
            scheduled=False,
            announced=False,
            opens_at=NOW,
            closes_at=NOW + timedelta(days=1),
            publishes_at=NOW,
            now=NOW,
        )
        is None
    )


def test_times_of_rules_are_wall_times() -> None:
    rule = Rule("last_day", "closes", 0, time(2, 30))
    times = Times(datetime(2026, 3, 28, 8), datetime(2026, 3, 29, 8), datetime(2026, 3, 30))
    (step,) = plan_steps(times, "Europe/Stockholm", [rule])
    assert instant(step.due, "Europe/Stockholm") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
