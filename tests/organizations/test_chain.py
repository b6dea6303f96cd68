"""The chain shows whatever is changed, left out, added, exchanged or cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sos_core.organizations.chain import START, Link, Verifier, continued, seal
from sos_core.organizations.key_ring import KeyRing, id_of

OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing((NEW, OLD))
ORGANIZATION = 3
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def chain(count: int, *, plain: int = 0, rotated: int = 0) -> list[Link]:
    """Return ``count`` entries, the first ``plain`` unsealed, the next ``rotated`` under the old key."""
    links, previous = [], START
    for number in range(1, count + 1):
        link = Link(
            number, BEGIN + timedelta(seconds=number), "account:1", "v", f"x:{number}", {"n": 1}
        )
        if number <= plain:
            previous = continued(previous, link)
        else:
            key = OLD if number <= plain + rotated else NEW
            link = replace(link, key_id=id_of(key))
            previous = seal(key, ORGANIZATION, previous, link)
            link = replace(link, mac=previous)
        links.append(link)
    return links


def verdict(
    links: list[Link],
    *,
    head: tuple[int, bytes] | None,
    heads: dict[int, bytes] | None = None,
    organization_id: int = ORGANIZATION,
) -> tuple[int, str] | None:
    verifier = Verifier(RING, organization_id, heads or {})
    verifier.follow(links)
    found = verifier.end(head)
    return None if found is None else (found.sequence, found.why)


def head_of(links: list[Link]) -> tuple[int, bytes] | None:
    last = links[-1] if links else None
    return None if last is None or last.mac is None else (last.sequence, last.mac)


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_what_was_written_is_whole(count: int, plain: int, rotated: int) -> None:
    links = chain(count, plain=plain, rotated=rotated)
    heads = {link.sequence: link.mac for link in links if link.mac is not None}
    assert verdict(links, head=head_of(links), heads=heads) is None


@given(st.integers(2, 8), st.integers(0, 3), st.data())
def test_every_change_of_a_line_is_seen(count: int, plain: int, data: st.DataObject) -> None:
    links = chain(count, plain=min(plain, count - 1))
    at = data.draw(st.integers(0, count - 1))
    change = data.draw(
        st.sampled_from(
            [
                {"actor": "account:2"},
                {"verb": "w"},
                {"subject": "x"},
                {"details": {"n": 2}},
                {"details": {}},
                {"at": BEGIN},
            ]
        )
    )
    broken = verdict(
        [*links[:at], replace(links[at], **change), *links[at + 1 :]], head=head_of(links)
    )
    first_sealed = next(link.sequence for link in links if link.mac is not None)
    assert broken == (max(at + 1, first_sealed), "changed")


@given(st.integers(2, 8), st.data())
def test_a_line_that_was_taken_out_is_named(count: int, data: st.DataObject) -> None:
    links = chain(count)
    at = data.draw(st.integers(0, count - 2))
    assert verdict(links[:at] + links[at + 1 :], head=head_of(links)) == (at + 1, "missing")


@given(st.integers(2, 8), st.integers(1, 7))
def test_a_cut_tail_is_seen_by_the_heads_elsewhere(count: int, cut: int) -> None:
    links = chain(count)
    kept = links[: max(0, count - cut)]
    assert verdict(kept, head=head_of(links)) == (len(kept) + 1, "cut")
    # Somebody who also sets the database's own head back is seen by what was written elsewhere.
    heads = {count: links[-1].mac or b""}
    assert verdict(kept, head=head_of(kept), heads=heads) == (len(kept) + 1, "cut")
    assert verdict(kept, head=head_of(kept)) is None


def test_a_log_that_was_written_anew_with_the_key_is_seen_by_the_heads_elsewhere() -> None:
    links = chain(3)
    other = replace(links[1], actor="nobody")
    other = replace(other, mac=seal(NEW, ORGANIZATION, links[0].mac or b"", other))
    last = replace(links[2], mac=seal(NEW, ORGANIZATION, other.mac or b"", links[2]))
    forged = [links[0], other, last]
    assert verdict(forged, head=head_of(forged)) is None
    heads = {2: links[1].mac or b""}
    assert verdict(forged, head=head_of(forged), heads=heads) == (2, "rewritten")


def test_an_unsealed_line_behind_sealed_ones_is_seen() -> None:
    links = chain(2)
    added = replace(links[1], sequence=3, key_id=None, mac=None)
    assert verdict([*links, added], head=(3, b"")) == (3, "unsealed")


def test_another_organizations_log_cannot_stand_in() -> None:
    links = chain(2)
    assert verdict(links, head=head_of(links), organization_id=4) == (1, "changed")


def test_a_key_that_is_gone_is_told() -> None:
    links = chain(2, rotated=1)
    verifier = Verifier(KeyRing((NEW,)), ORGANIZATION, {})
    verifier.follow(links)
    found = verifier.end(head_of(links))
    assert found is not None
    assert (found.sequence, found.why) == (1, "unknown_key")


def test_a_head_that_was_moved_is_seen() -> None:
    links = chain(3)
    assert verdict(links, head=(2, links[1].mac or b"")) == (3, "head")
    assert verdict(links, head=(3, START)) == (3, "head")
    assert verdict(links, head=None) == (1, "head")
