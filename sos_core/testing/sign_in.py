"""What a way to sign in must do: subclass once, and every test below is yours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from sos_core.api import Identity, NotAllowed, SignInAttempt, SignInProvider

HERE = "https://sos.example/auth/with/yours/done"


class SignInContract(ABC):
    """The contract of a ``SignInProvider``; the subclass says how the other system answers.

    ``class TestYours(SignInContract)`` with the three methods below is all it takes.
    """

    @abstractmethod
    def provider(self) -> SignInProvider:
        """Return the provider under test."""

    @abstractmethod
    def answer(self, attempt: SignInAttempt, subject: str) -> Mapping[str, str]:
        """Return the parameters with which the other system sends ``subject`` back."""

    @abstractmethod
    def denial(self, attempt: SignInAttempt) -> Mapping[str, str]:
        """Return the parameters with which it sends somebody back whom it did not let in."""

    def attempt(self, number: int = 1) -> SignInAttempt:
        """Return an attempt; each number is one of its own."""
        return SignInAttempt(HERE, f"state{number}" * 4, f"nonce{number}" * 6, f"verif{number}" * 8)

    def refused(self, attempt: SignInAttempt, parameters: Mapping[str, str]) -> None:
        """Fail unless ``finish`` raises NotAllowed with words."""
        try:
            found = self.provider().finish(attempt, parameters)
        except NotAllowed as error:
            assert error.what
            assert error.remedy
            return
        raise AssertionError(f"{dict(parameters)!r:.200} was taken for {found!r}")

    def test_is_a_provider(self) -> None:
        provider = self.provider()
        assert isinstance(provider, SignInProvider)
        assert provider.name.isascii()
        assert provider.name.isalnum()
        assert provider.name == provider.name.lower()
        assert provider.label

    def test_the_address_carries_the_state_and_no_secret(self) -> None:
        attempt = self.attempt()
        address = self.provider().begin(attempt)
        assert urlsplit(address).scheme == "https"
        assert parse_qs(urlsplit(address).query)["state"] == [attempt.state]
        assert attempt.verifier not in address

    def test_a_subject_is_the_same_each_time(self) -> None:
        first, second = self.attempt(1), self.attempt(2)
        identity = self.provider().finish(first, self.answer(first, "ada"))
        assert isinstance(identity, Identity)
        assert identity.provider == self.provider().name
        assert identity.tenant
        assert identity.subject
        again = self.provider().finish(second, self.answer(second, "ada"))
        other = self.provider().finish(second, self.answer(second, "bob"))
        assert again.subject == identity.subject != other.subject

    def test_an_answer_to_another_attempt_is_refused(self) -> None:
        self.refused(self.attempt(2), self.answer(self.attempt(1), "ada"))

    def test_a_denial_is_refused(self) -> None:
        self.refused(self.attempt(), self.denial(self.attempt()))

    def test_nothing_and_nonsense_are_refused(self) -> None:
        self.refused(self.attempt(), {})
        for name, value in self.answer(self.attempt(), "ada").items():
            if name != "state":
                self.refused(self.attempt(), {name: ""})
                altered = dict(self.answer(self.attempt(), "ada")) | {name: value[::-1] + "x"}
                self.refused(self.attempt(), altered)
