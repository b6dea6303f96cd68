"""What every hostile program returns: how much it tried, what came of it, and what was wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.hostile.wire import Reply


@dataclass
class Report:
    """Things that were tried, by kind and by outcome; as a text it is the counted line."""

    what: str
    """What they are, such as "documents"."""
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Return how many things were tried."""
        return self.kinds.total()

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        return not self.wrong

    def note(self, kind: str, reply: Reply) -> None:
        """Count one thing of a kind, and its answer."""
        self.kinds[kind] += 1
        outcome = str(reply.status)
        if reply.status == 200:
            outcome = "refused as a document" if reply.body.startswith(b'{"errors"') else "executed"
        self.outcomes[outcome] += 1

    def __str__(self) -> str:
        told = ", ".join(
            f"{name}: {number}" for name, number in (self.outcomes or self.kinds).most_common()
        )
        faults = (
            f"{len(self.wrong)} WRONG, first: {self.wrong[0]}" if self.wrong else "nothing wrong"
        )
        return f"{self.tried} {self.what} ({told}) of {len(self.kinds)} kinds; {faults}"
