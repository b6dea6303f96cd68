"""The canonical bytes of released figures: the same figures give the same bytes on every machine.

A survey's figures are a few named *parts*, each readable alone: ``head`` (what the numbers mean),
``areas`` (the scores of all displayed nodes: all that a heatmap reads), ``cuts/areas``,
``cuts/questions``, and ``nodes/0000`` and so on with the questions of 64 nodes each, so that a
unit's page opens ``head``, ``areas`` and one more.

A part is a magic word, the length of a JSON header, the header (sorted keys, no blanks), then the
arrays one after another, C order, little endian. Stored parts are compressed by ``pack``; digests
are of the canonical bytes, since compressors differ between machines.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sos_core.errors import SosError
from sos_core.results.figures import (
    AreaFigures,
    Figures,
    QuestionFigures,
    Reliability,
    empty_areas,
    empty_questions,
)
from sos_core.results.tallies import Tallies

Parts = dict[str, bytes]
"""Canonical bytes by the name of the part, in the order of writing."""
Arrays = Mapping[str, NDArray[Any]]
Group = TypeVar("Group", AreaFigures, QuestionFigures, Reliability, Tallies)

MAGIC = b"SOS1"
ROWS_A_PART = 64


def encode(figures: Figures) -> Parts:
    """Return the parts of a survey's figures."""
    head = {
        "instrument": figures.instrument,
        "variables": figures.variables,
        "areas": figures.areas,
        "cuts": figures.cut_keys,
    }
    parts = {
        "head": write({"nodes": figures.nodes, **_arrays(figures.reliability)}, head),
        "areas": write(_arrays(figures.node_areas)),
        "cuts/areas": write(_arrays(figures.cut_areas)),
        "cuts/questions": write(_arrays(figures.cut_questions)),
    }
    questions = _arrays(figures.node_questions)
    for first in range(0, len(figures.nodes), ROWS_A_PART):
        rows = slice(first, first + ROWS_A_PART)
        parts[part_of_row(first)] = write({name: array[rows] for name, array in questions.items()})
    return parts


def decode(parts: Mapping[str, bytes]) -> Figures:
    """Return the figures of ``encode``'s parts; raise SosError where they are damaged."""
    head, arrays = read(parts["head"])
    of_cuts = questions_of(parts["cuts/questions"])
    names = [part_of_row(first) for first in range(0, len(arrays["nodes"]), ROWS_A_PART)]
    if names:
        found = [questions_of(parts[name]) for name in names]
        questions = QuestionFigures(
            **{
                field.name: np.concatenate([getattr(part, field.name) for part in found])
                for field in fields(QuestionFigures)
            }
        )
    else:
        none = {name: array[:0] for name, array in _arrays(of_cuts).items()}
        questions = _group(QuestionFigures, none)
    return Figures(
        instrument=head["instrument"],
        variables=tuple(head["variables"]),
        areas=tuple(head["areas"]),
        nodes=arrays["nodes"],
        cut_keys=tuple(head["cuts"]),
        reliability=_group(Reliability, arrays),
        node_questions=questions,
        node_areas=areas_of(parts["areas"]),
        cut_questions=of_cuts,
        cut_areas=areas_of(parts["cuts/areas"]),
    )


def decode_scores(parts: Mapping[str, bytes]) -> Figures:
    """Return the figures of the parts ``head`` and ``areas`` alone: scores, and no questions."""
    head, arrays = read(parts["head"])
    variables = len(head["variables"])
    return Figures(
        instrument=head["instrument"],
        variables=tuple(head["variables"]),
        areas=tuple(head["areas"]),
        nodes=arrays["nodes"],
        cut_keys=(),
        reliability=_group(Reliability, arrays),
        node_questions=empty_questions(0, variables, 0),
        node_areas=areas_of(parts["areas"]),
        cut_questions=empty_questions(0, variables, 0),
        cut_areas=empty_areas(0, len(head["areas"])),
    )


def part_of_row(row: int) -> str:
    """Return the name of the part that holds the questions of a row of the node figures."""
    return f"nodes/{row // ROWS_A_PART:04}"


def areas_of(part: bytes) -> AreaFigures:
    """Return the area scores of all displayed nodes (part ``areas``) or cuts (``cuts/areas``)."""
    return _group(AreaFigures, read(part)[1])


def questions_of(part: bytes) -> QuestionFigures:
    """Return the questions of up to 64 nodes; row ``i`` of the survey is row ``i % 64`` here."""
    return _group(QuestionFigures, read(part)[1])


def encode_tallies(tallies: Tallies) -> bytes:
    """Return the canonical bytes of what is kept of the answers."""
    return write(_arrays(tallies))


def decode_tallies(part: bytes) -> Tallies:
    """Return the tallies of ``encode_tallies``' bytes."""
    return _group(Tallies, read(part)[1])


def digest(parts: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of parts as hex: names, lengths and bytes, in the order of names."""
    found = hashlib.sha256()
    for name in sorted(parts):
        found.update(f"{name} {len(parts[name])}\n".encode())
        found.update(parts[name])
    return found.hexdigest()


def pack(part: bytes) -> bytes:
    """Return a part compressed for storage."""
    return zlib.compress(part, 6)


def unpack(stored: bytes) -> bytes:
    """Return the canonical bytes of a stored part; raise SosError where it is damaged."""
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise _damaged() from error


def write(arrays: Arrays, values: Mapping[str, Any] | None = None) -> bytes:
    """Return the canonical bytes of named arrays and of JSON ``values``."""
    little = {name: array.astype(array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    described = [[name, array.dtype.str, array.shape] for name, array in little.items()]
    header = {"values": values or {}, "arrays": described}
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    length = len(text).to_bytes(4, "little")
    return b"".join([MAGIC, length, text, *(array.tobytes("C") for array in little.values())])


def read(part: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the values and the (read-only) arrays of ``write``; raise SosError where damaged."""
    if part[:4] != MAGIC:
        raise _damaged()
    offset = 8 + int.from_bytes(part[4:8], "little")
    header = json.loads(part[8:offset])
    arrays = {}
    for name, kind, shape in header["arrays"]:
        dtype, size = np.dtype(kind), int(np.prod(shape, dtype=np.int64))
        if offset + size * dtype.itemsize > len(part):
            raise _damaged()
        found = np.frombuffer(part, dtype, size, offset)
        arrays[name] = found.reshape(shape).astype(dtype.newbyteorder("="), copy=False)
        offset += size * dtype.itemsize
    return header["values"], arrays


def _arrays(group: AreaFigures | QuestionFigures | Reliability | Tallies) -> dict[str, Any]:
    return {field.name: getattr(group, field.name) for field in fields(group)}


def _group(kind: type[Group], arrays: Arrays) -> Group:
    return kind(**{field.name: arrays[field.name] for field in fields(kind)})


def _damaged() -> SosError:
    return SosError(
        "The stored results of this survey are damaged.",
        "Restore the database from a backup; results are never computed anew from answers.",
        code="figures_damaged",
    )
