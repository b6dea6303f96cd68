"""Plans that somebody else has carried out, or whose rows are gone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.embed.people.conftest import Imports

Show = Callable[..., Page]


def test_a_plan_on_its_way_is_looked_at_until_it_has_arrived(
    page: Page, show: Show, imports: Imports
) -> None:
    arrived = imports.plans["plan-6"]
    imports.plans["plan-6"] = arrived | {"state": "APPLYING", "canUndo": False}
    show(page)
    page.get_by_role("button", name="New colleagues October.csv").click()
    expect(page.get_by_text("Hanna Ek is having it carried out")).to_be_visible()
    expect(page.get_by_role("button", name="Carry out")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    imports.plans["plan-6"] = arrived
    expect(page.get_by_text("Carried out by Hanna Ek")).to_be_visible()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()


def test_a_plan_whose_rows_were_erased_says_that_it_cannot_be_undone(
    page: Page, show: Show, imports: Imports
) -> None:
    imports.plans["plan-6"] |= {"erased": True, "canUndo": False}
    show(page)
    page.get_by_role("button", name="New colleagues October.csv").click()
    expect(page.get_by_text("can no longer be undone")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_rows_that_come_late_are_not_shown_as_another_plans(page: Page, show: Show) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        asked = route.request.post_data or ""
        if "ImportRows" in asked and "plan-6" in asked:
            held.append(route)
        else:
            route.continue_()

    show(page)
    page.route("**/graphql", hold)
    page.get_by_role("button", name="New colleagues October.csv").click()
    expect(page.get_by_role("tab", name="Added")).to_be_visible()
    page.get_by_role("button", name="All imports").click()
    page.get_by_role("button", name="All people.xlsx").click()
    expect(page.get_by_text("1–50 of 421")).to_be_visible()
    with page.expect_response(lambda response: "plan-6" in (response.request.post_data or "")):
        held[0].continue_()
    page.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
    expect(page.get_by_text("1–50 of 421")).to_be_visible()
