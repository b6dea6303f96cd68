"""A ballot opens only with its person's secret, and tells nothing by its length."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from sos_core.ballots import sealing
from sos_core.ballots.sealing import BallotDamaged

KEY = bytes(range(32))


@given(st.binary(max_size=5000), st.integers(1, 2**40))
def test_what_is_sealed_opens_again(plaintext: bytes, person: int) -> None:
    secret = sealing.person_secret(KEY, person)
    assert sealing.unseal(secret, sealing.seal(secret, plaintext)) == plaintext


@given(st.binary(max_size=992), st.binary(max_size=992))
def test_ballots_up_to_992_bytes_look_alike(one: bytes, other: bytes) -> None:
    secret = sealing.person_secret(KEY, 7)
    assert len(sealing.seal(secret, one)) == len(sealing.seal(secret, other)) == 1024


@given(st.integers(0, 40_000))
def test_lengths_are_powers_of_two(length: int) -> None:
    size = len(sealing.seal(KEY, b"x" * length))
    assert size >= 1024
    assert size & (size - 1) == 0


def test_the_body_key_is_hkdf_expand_of_rfc_5869() -> None:
    secret = sealing.person_secret(KEY, 1)
    assert sealing.body_key(secret) == HKDFExpand(SHA256(), 32, b"body").derive(secret)


@given(st.integers(0, 1023), st.integers(1, 255))
def test_an_altered_body_does_not_open(position: int, change: int) -> None:
    secret = sealing.person_secret(KEY, 1)
    body = bytearray(sealing.seal(secret, b"answers"))
    body[position] ^= change
    with pytest.raises(BallotDamaged):
        sealing.unseal(secret, bytes(body))


@pytest.mark.parametrize("length", [0, 1, 7, 12, 27, 1023])
def test_a_body_that_was_cut_off_does_not_open(length: int) -> None:
    body = sealing.seal(KEY, b"answers")
    with pytest.raises(BallotDamaged):
        sealing.unseal(KEY, body[:length])


def test_another_person_cannot_open_it() -> None:
    body = sealing.seal(sealing.person_secret(KEY, 1), b"answers")
    with pytest.raises(BallotDamaged):
        sealing.unseal(sealing.person_secret(KEY, 2), body)


def test_receipts_are_equal_for_equal_answers_of_one_person_only() -> None:
    one, two = (sealing.person_secret(KEY, person) for person in (1, 2))
    assert sealing.receipt(one, b"a") == sealing.receipt(one, b"a")
    assert (
        len({sealing.receipt(one, b"a"), sealing.receipt(one, b"b"), sealing.receipt(two, b"a")})
        == 3
    )
    assert len(sealing.receipt(one, b"a")) == 16
