"""The small typed objects and protocols that cross the door between the core and its plugins."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, overload, runtime_checkable

UserType = Literal["participant", "viewer"]
UnitPath = tuple[str, ...]
"""Names of units from the top level to the deepest one, for example ("Nordics", "East", "Team A")."""


class PersonRecord(NamedTuple):
    """One person as a source tells it; ``None`` means that the source says nothing about a field.

    ``memberships`` holds the unit paths of the person, the first being the one that a survey copies.
    ``leads`` names the unit paths that the person leads; ``row`` is where the source says so.
    """

    name: str
    email: str | None = None
    employee_id: str | None = None
    language: str | None = None
    user_type: UserType | None = None
    manager_email: str | None = None
    memberships: tuple[UnitPath, ...] = ()
    leads: tuple[UnitPath, ...] | None = None
    row: int | None = None
    sheet: str | None = None


class PersonColumns(Sequence[PersonRecord]):
    """Records as equally long columns in the order of their fields.

    Of a page that a source has as columns anyway, few records are ever looked at alone.
    """

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[PersonRecord]:
        return map(PersonRecord._make, zip(*self.columns, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @overload
    def __getitem__(self, index: int) -> PersonRecord: ...

    @overload
    def __getitem__(self, index: slice) -> PersonColumns: ...

    def __getitem__(self, index: int | slice) -> PersonRecord | PersonColumns:
        if isinstance(index, slice):
            return PersonColumns([column[index] for column in self.columns])
        return PersonRecord._make(column[index] for column in self.columns)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that cannot be used: where it stands, what is wrong, and what to do about it.

    ``code`` is the key of the translations (``rejection.<code>.what`` and ``.remedy``), which
    ``values`` fill; ``what`` and ``remedy`` are the English sentences, already filled.
    """

    code: str
    what: str
    remedy: str
    row: int | None = None
    column: str | None = None
    sheet: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader of a plan should know, though nothing was refused."""

    code: str
    what: str
    row: int | None = None
    sheet: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of a source's people; a page with ``next_cursor`` None is the last one.

    ``records`` may be ``PersonColumns``, which spare a large source an object for each record.
    ``digests`` has one number for each record where the source computes them: signed, of 64 bits,
    equal only where two records say the same of a person, wherever they stand. ``seen`` are the
    digests of records that were left out (see ``SelectivePages``); ``seen_leads`` tells whether
    any of those says which units its person leads.
    """

    records: Sequence[PersonRecord] = ()
    rejections: Sequence[Rejection] = ()
    notices: Sequence[Notice] = ()
    removals: Sequence[str] = ()
    next_cursor: str | None = None
    digests: Sequence[int] = ()
    seen: Sequence[int] = ()
    seen_leads: bool = False


@runtime_checkable
class SelectivePages(Protocol):
    """Pages of a source that can leave out what the reader knows already, to the letter."""

    def __iter__(self) -> Iterator[PeoplePage]:
        """Return the pages with every record in them."""
        ...

    def without(self, known: Callable[[], Collection[int]]) -> Iterator[PeoplePage]:
        """Yield the pages anew, and for each digest in ``known()`` no record but a place in ``seen``.

        Only the first record of a digest is left out. ``known`` is called once, after the source
        has begun its work.
        """
        ...


class PeopleSource(Protocol):
    """Where people come from: a file, a CRM, a directory."""

    @property
    def name(self) -> str:
        """Return the stable key of the source, for example ``excel``."""
        ...

    def pull(self, cursor: str | None) -> Iterator[PeoplePage]:
        """Yield pages of people since ``cursor`` (None: all), with bounded memory."""
        ...


@runtime_checkable
class PeopleFileFormat(Protocol):
    """A kind of file that people can be read from and a template be written for."""

    @property
    def name(self) -> str:
        """Return the stable key of the format, for example ``excel``."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Return the file name endings that this format reads, for example ``.xlsx``."""
        ...

    def open(self, path: Path, levels: Sequence[str]) -> PeopleSource:
        """Return a source that reads ``path``; raise InvalidInput when it is no file of this kind."""
        ...

    def template(self, levels: Sequence[str], language: str, suffix: str) -> bytes:
        """Return an empty file to fill in, with the organization's level columns, in ``language``."""
        ...


@dataclass(frozen=True, slots=True)
class BenchmarkEdition:
    """A frozen set of organizations' scores to compare with.

    ``scores`` maps a variable key (an area's, a statement's or an activity's) to one number an
    organization: area scores and ``overall`` 0–100, statements 1–5, activities in their own unit.
    ``synthetic`` editions are named so wherever they are shown.
    """

    key: str
    title: str
    instrument: str
    frozen_at: datetime
    synthetic: bool
    scores: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that has happened in an organization; it carries ids and no personal data."""

    kind: str
    organization_id: int
    subject_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom another system says somebody is: always (provider, tenant, subject).

    ``tenant`` is the other system's organization, ``subject`` its unchanging id of the person;
    ``email`` is shown and never compared with anything.
    """

    provider: str
    tenant: str
    subject: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """One attempt to sign in, bound to one browser and good once.

    ``state`` comes back in the parameters; ``nonce`` must stand in what the other system signs,
    ``verifier`` proves that who finishes is who began (PKCE).
    """

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


@runtime_checkable
class SignInProvider(Protocol):
    """A system whose word is taken about who somebody is, such as a directory."""

    @property
    def name(self) -> str:
        """Return the stable key of the provider: lower-case letters and digits, such as ``entra``."""
        ...

    @property
    def label(self) -> str:
        """Return the name that stands on the button, such as ``Microsoft``."""
        ...

    def begin(self, attempt: SignInAttempt) -> str:
        """Return the address that the browser is sent to; it must carry ``attempt.state``."""
        ...

    def finish(self, attempt: SignInAttempt, parameters: Mapping[str, str]) -> Identity:
        """Return who has come back; raise NotAllowed unless everything about the answer is right."""
        ...
