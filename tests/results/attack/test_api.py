"""The attack program over the served application: every document, page and file, as every role."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from sos_core.results import jobs as result_jobs
from sos_core.results.policy import Policy
from sos_core.results.views import QuestionView
from sos_graphql.http import downloads
from sos_graphql.results.making import Maker
from tests.results.attack.conftest import Build
from tests.results.attack.documents import numbers, reachable
from tests.results.attack.figures import Kind
from tests.results.attack.outputs import ROLE_OF_NUMBERS, Outputs
from tests.results.attack.program import attack, attack_pair
from tests.results.attack.served import Crawl, crawled
from tests.results.attack.truth import Truth

SEEDS = (1, 2)


def test_every_number_of_the_api_is_known_to_the_attack() -> None:
    known = [tuple(name.split(".")) for names in ROLE_OF_NUMBERS.values() for name in names.split()]
    assert len(known) == len(set(known))
    assert set(known) == numbers()


def test_every_type_that_the_attack_reads_is_one_of_the_schema() -> None:
    """Another name would leave its figures unread, and nobody would be the wiser."""
    read = {name[1:] for name in vars(Outputs) if name[:1] == "_" and name[1:2].isupper()}
    assert len(read) > 8
    assert read <= {kind.name for kind in reachable()}


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_that_is_served_withstands_the_attack(build: Build, seed: int) -> None:
    installation = build(seed)
    outputs = crawled(installation)
    policy = Policy()
    for each in outputs:
        assert each.close() == []
        assert {figure.kind for figure in each.figures} == set(Kind)
        assert attack(each.figures, installation.scales, policy) == []
    if seed % 2 == 0:
        # The rule across surveys counts people: who left a question out is not behind its figures.
        assert attack_pair(*(each.figures for each in outputs), policy.across) == []


def own_figures(truth: Truth) -> Callable[..., Any]:
    """Return a resolver that shows a unit's own answers where only a larger group's are published."""
    shown = Maker.statement

    def leaking(maker: Maker, view: QuestionView, area: str, notes: Iterable[str]) -> Any:
        if view.group is not None:
            members = truth.answered(truth.node_of(maker.place.index), view.key)
            mean = truth.value(view.key, members, ())
            if mean is not None:
                view = replace(
                    view, group=None, mean=round(mean, 1), answers=len(members),
                    favorable=None, shares=None,
                )  # fmt: skip
        return shown(maker, view, area, notes)

    return leaking


def nameless(_truth: Truth) -> Callable[..., Any]:
    """Return a resolver that forgets to say whose figures it shows."""
    shown = Maker.statement

    def forgetful(maker: Maker, view: QuestionView, area: str, notes: Iterable[str]) -> Any:
        return shown(maker, replace(view, group=None), area, notes)

    return forgetful


def looking(build: Build) -> Crawl:
    """Return a crawl of the first survey, before it has asked for anything."""
    installation = build(SEEDS[0])
    return Crawl(installation, installation.runs[0], None)


def rules_of(crawl: Crawl) -> set[str]:
    found = attack(crawl.outputs.figures, crawl.installation.scales, Policy())
    return {finding.rule for finding in [*found, *crawl.outputs.close()]}


def test_a_resolver_that_shows_an_unpublished_node_is_found(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl = looking(build)
    monkeypatch.setattr(Maker, "statement", own_figures(crawl.outputs.truth))
    crawl.full("admin")
    assert rules_of(crawl) & {"atom", "combination", "interval"}


def test_a_resolver_that_calls_a_group_by_another_name_is_found(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl = looking(build)
    monkeypatch.setattr(Maker, "statement", nameless(crawl.outputs.truth))
    crawl.full("admin")
    assert "contradiction" in rules_of(crawl)


def test_what_a_widget_in_another_sites_page_shows_too_much_is_found(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl = looking(build)
    crawl.full("admin")
    assert rules_of(crawl) == set()
    shown = Maker.statement

    def finer(maker: Maker, view: QuestionView, area: str, notes: Iterable[str]) -> Any:
        mean = None if view.mean is None else view.mean + 0.01
        return shown(maker, replace(view, mean=mean), area, notes)

    crawl.installation.serve()
    monkeypatch.setattr(Maker, "statement", finer)
    crawl.guests()
    assert "contradiction" in rules_of(crawl)


def test_a_workbook_that_shows_other_scores_than_the_pages_is_found(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = downloads.table_file

    def exact(ending: str, title: str, headings: Any, rows: Any) -> bytes:
        if ending == "xlsx":
            rows = [[*row[:4], *(cell and cell + 0.4 for cell in row[4:])] for row in rows]
        return written(ending, title, headings, rows)

    crawl = looking(build)
    crawl.full("admin")
    crawl.downloads("admin")
    assert rules_of(crawl) == set()
    monkeypatch.setattr(downloads, "table_file", exact)
    crawl.downloads("admin")
    assert "contradiction" in rules_of(crawl)


def test_a_contribution_that_is_finer_than_what_is_published_is_found(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = build(SEEDS[0])
    run, told = installation.runs[1], result_jobs.root_scores
    crawl = Crawl(installation, run, None)
    crawl.full("admin")
    crawl.contribution()
    assert crawl.contributed
    assert "contribution" not in {finding.rule for finding in crawl.outputs.findings}
    monkeypatch.setattr(
        result_jobs,
        "root_scores",
        lambda *given: {key: value + 0.01 for key, value in told(*given).items()},
    )
    organization_id = installation.world.organization_id
    installation.result_jobs.published(organization_id, run.survey_id)
    crawl.contribution()
    monkeypatch.undo()
    installation.result_jobs.published(organization_id, run.survey_id)
    assert "contribution" in {finding.rule for finding in crawl.outputs.findings}
