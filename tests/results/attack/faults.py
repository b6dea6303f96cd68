"""Planted faults: what careless products publish, each as figures beside or instead of the plan's.

Each takes an organization, gives the faulty release, or None where the fault changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sos_core.results.publication import Policy
from tests.results.attack.figures import Figure
from tests.results.attack.organizations import Organization
from tests.results.attack.publish import plan_of
from tests.results.attack.release import Release, rate

Fault = Callable[[Organization, Policy], list[Figure] | None]
# With at most so many people a rounded mean still tells that all agreed.
FEW = 15


def unhidden_sibling(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Hide one small team, but show its neighbors and the unit above."""
    plan = plan_of(organization, policy)
    release, tree = Release(organization, plan), organization.tree
    answered = organization.answered(0)
    for parent, children in enumerate(tree.children):
        pieces = [organization.unit == parent]
        for child in children:
            pieces.append((organization.unit >= child) & (organization.unit < tree.stop[child]))
        sizes = [int((piece & answered).sum()) for piece in pieces]
        if sum(0 < size < policy.k for size in sizes) == 1:
            shown = [piece for piece, size in zip(pieces, sizes, strict=True) if size >= policy.k]
            if shown:
                whole = np.logical_or.reduce(pieces)
                return [release.mean(0, group) for group in [whole, *shown]]
    return None


def late_answer(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Publish again after one more person has answered."""
    plan = plan_of(organization, policy)
    if not plan.shown[0, 0] or not organization.answered(0).sum() > policy.k:
        return None
    late = np.flatnonzero(organization.answered(0))[0]
    earlier = replace(organization, submitted=organization.submitted.copy())
    earlier.submitted[late] = False
    first = Release(earlier, plan_of(earlier, policy)).figures()
    again = Release(organization, plan).figures()
    return first + again if plan_of(earlier, policy).shown[0, 0] else None


def overlapping_filter(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Offer two filters by person that have most of their people in common."""
    plan = plan_of(organization, policy)
    answered = np.flatnonzero(organization.answered(0))
    if not plan.shown[0, 0] or len(answered) < 2 * policy.k + 2:
        return None
    release = Release(organization, plan)
    everybody = np.arange(len(organization.unit))
    filters = [answered[: 2 * policy.k], answered[2 : 2 * policy.k + 2]]
    return release.figures() + [release.mean(0, np.isin(everybody, group)) for group in filters]


def skipped_question(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Count submitted forms, but not who left this question out."""
    plan = plan_of(organization, policy)
    release = Release(organization, plan)
    answers = [
        (release.in_node(node) & organization.answered(0)).sum() for node in range(plan.nodes.size)
    ]
    if not any(0 < count < policy.k for count in answers):
        return None
    return _every_node(release, answers)


def all_fives(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Show a block in which everybody gave the highest answer."""
    plan = plan_of(organization, policy)
    if not plan.shown[0, 0]:
        return None
    block = Release(organization, plan).block == 0
    if not policy.k <= block.sum() <= FEW:
        return None
    answers = organization.answers.copy()
    answers[0, block] = 5
    agreeing = replace(organization, answers=answers)
    fooled = plan_of(agreeing, policy)
    release = Release(agreeing, fooled)
    return [*release.figures(), release.mean(0, block)]


def extremes_left_out(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Join for size, but not for answers near the end of the scale."""
    blind = plan_of(replace(organization, values=organization.values * np.nan), policy)
    release = Release(organization, blind)
    for cell in set(blind.cell_of_block[1].tolist()) - {-1}:
        group = release.in_node(cell) & organization.answered(1)
        if 0 < group.sum() <= FEW and (organization.answers[1, group] == 5).all():
            return list(release.of_nodes())
    return None


def small_share(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Show option shares wherever a mean is shown."""
    plan = plan_of(organization, policy)
    release = Release(organization, plan)
    cells = {cell for cell in plan.cell_of_block[0].tolist() if cell >= 0}
    groups = [release.in_node(cell) & organization.answered(0) for cell in cells]
    if not any(0 < group.sum() < policy.shares for group in groups):
        return None
    figures = release.figures()
    for group in groups:
        if group.any() and (organization.answered(0) & group).any():
            figures += release.shares(0, group)
    return figures


def rate_of_few(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Show the response rate of every unit, however small."""
    invited = organization.invited
    if not ((invited > 0) & (invited < policy.k)).any():
        return None
    return [rate(organization, organization.unit == unit) for unit in np.flatnonzero(invited)]


def comments_of_few(organization: Organization, policy: Policy) -> list[Figure] | None:
    """Show comments of every block."""
    plan = plan_of(organization, policy)
    release = Release(organization, plan)
    sizes = np.bincount(release.block[release.block >= 0], minlength=plan.nodes.blocks)
    if not (sizes < policy.comments).any() or not sizes.any():
        return None
    everywhere = replace(plan, comment_shown=np.ones(plan.nodes.size, np.bool_))
    return list(Release(organization, everywhere).comments())


def _every_node(release: Release, answers: list[int]) -> list[Figure]:
    return [
        release.mean(0, release.in_node(node)) for node, count in enumerate(answers) if count > 0
    ]


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        unhidden_sibling,
        late_answer,
        overlapping_filter,
        skipped_question,
        all_fives,
        extremes_left_out,
        small_share,
        rate_of_few,
        comments_of_few,
    )
}
