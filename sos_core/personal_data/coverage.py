"""Every table that may refer to a person: the section of an export that shows it, or why none does."""

from __future__ import annotations

SHOWN = {
    "person": "person",
    "membership": "memberships",
    "leadership": "leaderships",
    "change_plan": "plans",
    "change_chunk": "plans",
    "account": "accounts",
    "viewer_grant": "grants",
    "account_link": "account_links",
    "sign_in_name": "accounts",
    "sign_in_identity": "identities",
    "access_token": "sessions",
    "participation": "surveys",
    "survey_sight": "survey_places",
    "reminder": "mails",
    "undeliverable": "undeliverable",
    "printed_code": "codes",
    "audit_entry": "audit",
    "job": "jobs",
}
"""The section that a table's rows about a person stand in."""

LEFT_OUT = {
    "api_key": "A program's key; created_by names an account by its number, as the audit log does.",
    "embedding": "Widgets in a page; created_by names an account by its number.",
    "operator": "People who run the installation belong to no organization.",
    "spent_token": "The hash of a used token; nothing leads from it to a person.",
    "attempt_count": "Keyed hashes of what was tried, for five minutes; nothing leads back from one.",
    "release_comment": "A comment has a random id; nothing leads from it to its author.",
    "ballot": "A sealed ballot has a random-looking id; only its own person can open it.",
    "effect": "Names an effect by numbers, so that it happens once.",
}
"""Tables that are not shown, and why."""
