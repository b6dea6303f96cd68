"""Hands the groups of response rates down to the room of surveys, which keeps and shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sos_core.results.participation import plan_participation
from sos_core.results.policy import Policy
from sos_core.results.tree import Tree
from sos_core.surveys.rates import RateNodes


def rate_nodes(parents: Sequence[int], invited: Sequence[int], k: int) -> RateNodes:
    """Return the groups for a tree in preorder with ``invited`` people at each unit (rule R8)."""
    size = len(parents)
    tree = Tree.from_parents(range(size), [str(unit) for unit in range(size)], parents)
    planned = plan_participation(
        tree, np.array(invited, np.int64), Policy(k=k, comments=max(10, k))
    )
    nodes = planned.nodes
    columns = (
        nodes.start,
        nodes.stop,
        nodes.parent,
        nodes.unit,
        planned.block_of_unit,
        planned.node_of_unit,
    )
    return RateNodes(*(tuple(column.tolist()) for column in columns))
