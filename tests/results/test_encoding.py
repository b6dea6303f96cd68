"""Canonical bytes: there and back, the same twice, damaged ones refused; and recomputed ones."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sos_core.errors import SosError
from sos_core.results.encoding import (
    ROWS_A_PART,
    areas_of,
    decode,
    decode_tallies,
    digest,
    encode,
    encode_tallies,
    pack,
    part_of_row,
    questions_of,
    read,
    unpack,
    write,
)
from sos_core.results.figures import Figures
from sos_core.results.tallies import recompute, tally
from tests.results.scoring_support import random_survey, survey_of, tree_of

seeds = st.integers(0, 2**32 - 1)


def check_same(one: object, other: object) -> None:
    assert type(one) is type(other)
    for field in fields(one):  # type: ignore[arg-type]
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype
            assert np.array_equal(left, right)
        elif isinstance(left, tuple | str):
            assert left == right
        else:
            check_same(left, right)


@settings(deadline=None, max_examples=30)
@given(seeds)
def test_decoding_undoes_encoding(seed: int) -> None:
    figures = random_survey(seed).figures
    parts = encode(figures)
    check_same(decode(parts), figures)
    assert encode(decode(parts)) == parts
    assert {name: unpack(pack(part)) for name, part in parts.items()} == parts


@settings(deadline=None, max_examples=30)
@given(seeds)
def test_what_is_kept_recomputes_the_released_bytes(seed: int) -> None:
    survey = random_survey(seed)
    kept = decode_tallies(encode_tallies(tally(survey.plan, survey.counts)))
    again = recompute(
        survey.plan, kept, survey.instrument,
        invited=survey.invited, reliability=survey.figures.reliability,
    )  # fmt: skip
    assert encode(again) == encode(survey.figures)
    assert digest(encode(again)) == digest(encode(survey.figures))


@settings(deadline=None, max_examples=30)
@given(seeds)
def test_what_is_kept_is_no_finer_than_a_cell(seed: int) -> None:
    survey = random_survey(seed)
    plan, kept = survey.plan, tally(survey.plan, survey.counts)
    assert len(set(zip(kept.variable.tolist(), kept.cell.tolist(), strict=True))) == len(kept.cell)
    for variable, cell, counts in zip(kept.variable, kept.cell, kept.counts, strict=True):
        blocks = plan.cell_of_block[variable] == cell
        assert np.array_equal(survey.counts[blocks, variable].sum(axis=0), counts)
        assert counts.sum() >= plan.policy.k
    # Every answer of a variable with figures is kept, and none of a variable without.
    for variable, cells in enumerate(plan.cell_of_block):
        total = survey.counts[cells >= 0, variable].sum()
        assert kept.counts[kept.variable == variable].sum() == total


def test_one_unit_reads_one_part_and_the_heatmap_another() -> None:
    survey = wide_survey()
    figures, parts = survey.figures, encode(survey.figures)
    assert len(figures.nodes) > 2 * ROWS_A_PART
    row = int(figures.rows(survey.plan.node_of_unit[100:101])[0])
    part = questions_of(parts[part_of_row(row)])
    assert np.array_equal(part.mean[row % ROWS_A_PART], figures.node_questions.mean[row])
    assert np.array_equal(areas_of(parts["areas"]).score, figures.node_areas.score)
    check_same(decode(parts), figures)


def test_a_survey_that_shows_nothing() -> None:
    answers = np.full((43, 3), 3, np.uint8)
    figures = survey_of(tree_of([-1]), answers, np.zeros(3, np.int32), invited=9).figures
    assert (figures.node_questions.mean == -1).all()
    check_same(decode(encode(figures)), figures)


def wide_survey() -> object:
    draw = np.random.default_rng(5)
    unit = np.repeat(np.arange(1, 181), 12).astype(np.int32)
    answers = draw.integers(1, 6, (43, len(unit))).astype(np.uint8)
    return survey_of(tree_of([-1] + [0] * 180), answers, unit, invited=3000)


def test_the_bytes_of_a_part_by_hand() -> None:
    part = write({"n": np.array([[1, -1]], np.int16)}, {"b": 2, "a": "é"})
    header = b'{"arrays":[["n","<i2",[1,2]]],"values":{"a":"\\u00e9","b":2}}'
    assert part == b"SOS1" + bytes([len(header), 0, 0, 0]) + header + b"\x01\x00\xff\xff"
    values, arrays = read(part)
    assert values == {"a": "é", "b": 2}
    assert arrays["n"].tolist() == [[1, -1]]


def test_memory_order_and_byte_order_make_no_difference() -> None:
    array = np.arange(12, dtype=np.int32).reshape(3, 4)
    assert write({"x": array}) == write({"x": np.asfortranarray(array)})
    assert write({"x": array}) == write({"x": array.astype(">i4")})


@pytest.mark.parametrize("damage", [lambda p: b"XXXX" + p[4:], lambda p: p[:-1]])
def test_damaged_parts_are_refused(damage: object) -> None:
    with pytest.raises(SosError, match="damaged"):
        read(damage(write({"x": np.arange(5)})))  # type: ignore[operator]


def test_damaged_storage_is_refused() -> None:
    with pytest.raises(SosError, match="damaged"):
        unpack(pack(b"figures")[:-3])


def test_rows_of_nodes_without_figures() -> None:
    figures: Figures = random_survey(1).figures
    absent = np.array([int(figures.nodes[-1]) + 1], np.int32)
    assert figures.rows(absent).tolist() == [-1]
    assert figures.rows(figures.nodes).tolist() == list(range(len(figures.nodes)))
