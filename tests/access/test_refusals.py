"""What is kept of attempts that failed, and what makes secrets hard to guess."""

from __future__ import annotations

from math import log2

import pytest
from structlog.testing import capture_logs

from sos_core.access.continuation import Candidate, Holder, Steps
from sos_core.access.one_time_codes import ALPHABET, new_recovery_codes, plain_code
from sos_core.access.operators import create_operator
from sos_core.access.passwords import MAX_LENGTH, hash_password, password_matches
from sos_core.access.signing_in import check_code, check_password, enter
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import NotAllowed
from sos_core.organizations.secrets import Vault
from tests.access.making import PASSWORD


def test_a_refused_sign_in_is_logged_without_the_address(database: Database, ada: Holder) -> None:
    with capture_logs() as lines:
        for email in ("ada@acme.example", "nobody@acme.example"):
            with pytest.raises(NotAllowed):
                check_password(database, email=email, password="another sentence of words")
    known, unknown = lines
    assert known["event"] == unknown["event"] == "sign_in_refused"
    assert known["step"] == "password"
    assert known["tried"] == [f"{ada.organization_id}/account:{ada.account_id}"]
    assert unknown["tried"] == []
    assert "example" not in str(lines)
    assert "sentence" not in str(lines)


def test_a_refused_code_is_logged(
    database: Database, organization_id: int, clock: ManualClock, vault: Vault
) -> None:
    waiting = (Candidate(Holder(organization_id, 999), "seal"),)
    with capture_logs() as lines, pytest.raises(NotAllowed):
        check_code(database, vault, Steps((), waiting, "password", "0"), "123456", clock())
    assert [line["event"] for line in lines] == ["sign_in_refused"]
    assert lines[0]["step"] == "code"
    assert lines[0]["tried"] == [f"{organization_id}/account:999"]
    assert "123456" not in str(lines)


def test_an_operators_sign_in_is_a_line_of_the_log(database: Database, clock: ManualClock) -> None:
    with database.write(None) as session:
        number = create_operator(
            session, email="op@x.example", name="Olu", password=PASSWORD, now=clock()
        )
    with capture_logs() as lines:
        enter(database, check_password(database, email="op@x.example", password=PASSWORD), 0,
              now=clock())  # fmt: skip
    assert [(line["event"], line["actor"], line["verb"], line["how"]) for line in lines] == [
        ("operator_deed", f"operator:{number}", "account.signed_in", "password")
    ]


def test_passwords_are_kept_as_argon2id() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hash_password(PASSWORD) != kept, "each has a salt of its own"


def test_a_password_counts_to_its_last_character() -> None:
    long = "Wörter und Wörter " * 11
    assert 64 < len(long) <= MAX_LENGTH
    kept = hash_password(long)
    assert password_matches(kept, long)
    for other in (long[:-1], long.lower(), long.strip(), f"{long} "):
        assert not password_matches(kept, other)


def test_recovery_codes_are_long_enough_for_a_plain_hash() -> None:
    codes = [plain_code(code) for code in new_recovery_codes()]
    assert len(set(codes)) == 10
    assert all(set(code) <= set(ALPHABET) for code in codes)
    assert min(len(code) for code in codes) * log2(len(ALPHABET)) >= 112
