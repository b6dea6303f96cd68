"""Cuts across the tree that were registered before opening (R2, step 5), made of whole cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cut:
    """A group across the tree: how many submitters among each unit's direct staff belong to it."""

    key: str
    members: NDArray[np.int64]


@dataclass(frozen=True)
class CutPlan:
    """The blocks that a cut's figures count, ``[variables, blocks]``; none where it is refused."""

    key: str
    blocks: NDArray[np.bool_]
    share_blocks: NDArray[np.bool_]
