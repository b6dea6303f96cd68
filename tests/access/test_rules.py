"""The rules of codes, lifetimes, passwords and steps, without any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.access.attempts import attempt_cookie, attempt_of, begin_attempt, read_attempt
from sos_core.access.continuation import (
    Candidate,
    Holder,
    Steps,
    read_steps,
    seal_of,
    steps_token,
)
from sos_core.access.lifetimes import IDLE_LENGTH, is_alive, is_touch_due
from sos_core.access.names import sign_in_key
from sos_core.access.one_time_codes import (
    code_at,
    matching_step,
    new_recovery_codes,
    recovery_hash,
    seed_address,
    step_of,
    without_code,
)
from sos_core.access.passwords import is_common, is_own
from tests.access.making import SECRET

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 60 * 366 * 24 * 3600).map(lambda second: NOW + timedelta(seconds=second))


@given(MOMENTS, st.integers(-4, 4))
def test_a_code_is_good_for_its_step_and_the_two_beside_it(now: datetime, away: int) -> None:
    step = step_of(now) + away
    found = matching_step(SEED, code_at(SEED, step), now, None)
    if abs(away) <= 1:
        assert found is not None
        assert code_at(SEED, found) == code_at(SEED, step)
    else:
        assert found is None or code_at(SEED, found) == code_at(SEED, step)


@given(MOMENTS, st.lists(st.integers(-40, 40), max_size=12))
def test_no_step_is_taken_twice_and_none_before_the_last(now: datetime, jumps: list[int]) -> None:
    last: int | None = None
    for seconds in jumps:
        now += timedelta(seconds=seconds)
        for step in range(step_of(now) - 2, step_of(now) + 3):
            found = matching_step(SEED, code_at(SEED, step), now, last)
            if found is not None:
                assert last is None or found > last
                assert abs(found - step_of(now)) <= 1
                last = found


def test_a_worked_code() -> None:
    # RFC 6238: the seed of its appendix B, T = 59 s, the last six of eight digits.
    seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert code_at(seed, 1) == "287082"
    address = seed_address(seed, name="ada@x.example", organization="Acme: Sons")
    assert address.startswith("otpauth://totp/SOS%20Acme")
    assert f"secret={seed}" in address


def test_recovery_codes_are_good_once_however_they_are_typed() -> None:
    codes = new_recovery_codes()
    hashes = [recovery_hash(code) for code in codes]
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    left = without_code(hashes, f" {codes[3].lower().replace('-', ' ')} ")
    assert left == hashes[:3] + hashes[4:]
    assert without_code(left, codes[3]) is None
    assert without_code(hashes, "") is None


@given(st.integers(0, 50_000), st.integers(0, 50_000), st.one_of(st.none(), st.integers(1, 5000)))
def test_a_session_lives_within_both_its_limits(age: int, idle: int, most: int | None) -> None:
    begun = NOW - timedelta(seconds=age)
    alive = is_alive(
        NOW,
        used_at=NOW - timedelta(seconds=idle),
        expires_at=begun + timedelta(hours=12),
        idle_seconds=most,
    )
    assert alive == (age < 12 * 3600 and (most is None or idle < most))


def test_a_use_is_written_at_most_once_a_minute() -> None:
    assert not is_touch_due(NOW + timedelta(seconds=59), NOW)
    assert is_touch_due(NOW + timedelta(seconds=60), NOW)
    assert timedelta(minutes=30) == IDLE_LENGTH


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "PASSWORD!!!!!", "p4ssw0rd2024", "123456789012", "abcdefghijklmn",
        "qwertyuiopqwerty", "aaaaaaaaaaaa", "passwordpassword", "lkjhgfdsa1234", "sunshine!2026!",
    ],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "a sentence of several words", "amber-birch-cedar-coral",
     "7f3kq9zt2mwx", "trollet bor under bron", "一匹白马走过长长的石桥边"],
)  # fmt: skip
def test_words_that_have_nothing_to_do_with_each_other_are_not(password: str) -> None:
    assert not is_common(password)


def test_a_password_of_ones_own_words_is_ones_own() -> None:
    own = ("Ada Lovelace", "ada@acme.example", "Acme & Sons", "sos")
    assert is_own("ada.lovelace.1815", own)
    assert is_own("Acme-Sons-2026!", own)
    assert is_own("ada@acme.example", own)
    assert not is_own("Ada plays the viola at night", own)
    assert not is_own("xk3 pf9 qm2 zt8", own)


def steps() -> Steps:
    seal = seal_of("hash", None)
    return Steps(
        (Candidate(Holder(None, 3), seal),), (Candidate(Holder(7, 8), seal),), "password", "abc"
    )


def test_steps_come_back_as_they_were_signed_and_for_ten_minutes() -> None:
    token = steps_token(SECRET, steps(), NOW + timedelta(minutes=10))
    assert read_steps(SECRET, token, NOW) == steps()
    assert read_steps(SECRET, token, NOW + timedelta(minutes=10)) is None
    assert read_steps(b"t" * 32, token, NOW) is None


@given(st.text(max_size=80), st.integers(0, 120))
def test_a_tampered_step_is_none(noise: str, place: int) -> None:
    token = steps_token(SECRET, steps(), NOW + timedelta(minutes=10))
    forged = token[:place] + noise + token[place:]
    assert forged == token or read_steps(SECRET, forged, NOW) is None


def test_the_seal_changes_with_password_and_factor() -> None:
    seals = {seal_of(None, None), seal_of("a", None), seal_of("a", b"b"), seal_of("b", b"b")}
    assert len(seals) == 4


def test_an_attempt_is_bound_to_its_browser_and_state() -> None:
    begun = begin_attempt("elsewhere", "invitation", "1.2.abc.mac")
    cookie = attempt_cookie(SECRET, begun, NOW)
    assert read_attempt(SECRET, cookie, begun.state, NOW) == begun
    assert read_attempt(SECRET, cookie, begun.state + "x", NOW) is None
    assert read_attempt(SECRET, cookie, "", NOW) is None
    assert read_attempt(SECRET, cookie, "é", NOW) is None
    assert read_attempt(SECRET, "", begun.state, NOW) is None
    assert read_attempt(SECRET, cookie, begun.state, NOW + timedelta(minutes=10)) is None
    first, second = (attempt_of(SECRET, begun, "https://x/") for _ in range(2))
    assert first == second
    assert len({first.state, first.nonce, first.verifier}) == 3


def test_addresses_are_compared_as_people_are() -> None:
    assert sign_in_key(" Ada@ACME.example\u200b ") == "ada@acme.example"
    assert sign_in_key("ＡＤＡ@acme.example") == "ada@acme.example"
    for wrong in ("", "ada", "ada@", "@acme", "a@b@c", "a b@c d@e", "x" * 400 + "@y.z"):
        assert sign_in_key(wrong) is None
