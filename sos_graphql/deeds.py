"""The details of a deed in the audit log, as a short list of labeled values that one can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sos_core.content import catalog, text

LABELS = {
    "audience": "app.field.audience",
    "comments_audience": "app.field.comments_audience",
    "threshold_k": "app.field.smallest",
    "threshold_comments": "app.field.comments_least",
    "name": "app.column.called",
    "scopes": "keys.column.scopes",
    "origins": "embeddings.origins",
    "widgets": "embeddings.widgets",
    "tenant": "access.trust.tenant",
    "of": "access.factor.needed",
    "administrator": "app.role.administrator",
    "sees_everything": "access.sees.everything",
    "invited": "ui.rate.invited",
    "person": "audit.subject.person",
    "reason": "app.column.reason",
    "surveys": "app.surveys",
    "unchanged": "ui.import.unchanged",
}
"""Names that another page has a word for."""
PREFIXES = ("audit.detail.", "retention.kind.", "ui.import.kind.")
VALUES = {
    "audience": "app.audience.",
    "comments_audience": "app.audience.",
    "how": "sessions.how.",
    "mode": "ui.import.mode.",
    "of": "access.factor.of.",
    "widgets": "widget.",
    "source": "audit.source.",
}
"""Where the words for the values of a name are."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells details in ``language``; ``units`` are the names of units by number."""

    language: str
    units: Mapping[int, str]

    def told(self, details: Mapping[str, object]) -> list[tuple[str, str]]:
        """Return label and value of each detail; what has no word for it stands as it is."""
        if "setting" in details:
            name = str(details["setting"])
            change = {"from": details.get("from"), "to": details.get("to")}
            return [(self.label(name), self._value(name, change))]
        return [(self.label(name), self._value(name, value)) for name, value in details.items()]

    def label(self, name: str) -> str:
        """Return the words for a name, or the name itself."""
        known = catalog("en")
        keys = (LABELS.get(name, ""), *(prefix + name for prefix in PREFIXES))
        return next((text(self.language, key) for key in keys if key in known), name)

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, Mapping):
            if value.keys() == {"from", "to"}:
                return f"{self._value(name, value['from'])} → {self._value(name, value['to'])}"
            counts = {kind: count for kind, count in value.items() if count}
            told = (f"{self.label(kind)} {self._value(kind, one)}" for kind, one in counts.items())
            return ", ".join(told) or "0"
        if isinstance(value, list):
            return ", ".join(self._value(name, one) for one in value) or "–"
        if value is None:
            return "–"
        if isinstance(value, bool):
            return text(self.language, "audit.yes" if value else "audit.no")
        if name in ("units_given", "units_taken") and isinstance(value, int):
            return self.units.get(value, str(value))
        key = VALUES[name] + str(value).removeprefix("sos-") if name in VALUES else ""
        return text(self.language, key) if key in catalog("en") else str(value)
