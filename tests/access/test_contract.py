"""The tests' own provider keeps the contract that partners' providers are held to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sos_core.api import SignInAttempt, SignInProvider
from sos_core.application import Application
from sos_core.settings import Settings
from sos_core.testing import SignInContract
from tests.access.elsewhere import Elsewhere, ElsewherePlugin, answer


class TestElsewhere(SignInContract):
    def provider(self) -> SignInProvider:
        return Elsewhere()

    def answer(self, attempt: SignInAttempt, subject: str) -> Mapping[str, str]:
        return answer(attempt, subject)

    def denial(self, attempt: SignInAttempt) -> Mapping[str, str]:
        return {"state": attempt.state, "error": "access_denied"}


def test_hook_sos_sign_in_brings_ways_to_sign_in(tmp_path: Path) -> None:
    application = Application(Settings(data_dir=tmp_path), plugins=[ElsewherePlugin()])
    assert list(application.sign_in_providers()) == ["elsewhere"]
    application.stop()
