"""Every deed that the audit log promises to hold is in it once it was done, with who did it."""

from __future__ import annotations

from typing import Any

from sos_core.organizations.audit_queries import all_audit_entries
from sos_graphql.app import create_app
from sos_graphql.nodes import number_of
from tests.graphql.conftest import PASSWORD, World
from tests.graphql.guests import HostSite, host
from tests.graphql.test_people import upload

__all__ = ["host"]
LINE = "Nova,nova@x.example,North,East,Alpha\n"


def logged(world: World, since: int = 0) -> list[tuple[str, str]]:
    """Return actor and verb of the entries behind number ``since``."""
    with world.application.database.read(world.organization_id) as session:
        found = all_audit_entries(session)
        return [(entry.actor, entry.verb) for entry in found if entry.sequence > since]


def fetched(world: World, path: str) -> None:
    bearer = {"Authorization": f"Bearer {world.tokens['admin']}"}
    assert world.send("GET", path, headers=bearer).status_code == 200, path


def done(world: World, verb: str, given: dict[str, Any]) -> dict[str, Any]:
    """Do something as the administrator; it has to come about."""
    found = world.do(verb, given)
    assert "code" not in found, (verb, found)
    return found


def test_people_are_imported_applied_and_undone(world: World) -> None:
    before = len(logged(world))
    plan = done(world, "createChangePlan", {"upload": upload(world, LINE)})
    done(world, "applyChangePlan", {"id": plan["id"]})
    done(world, "undoChangePlan", {"id": plan["id"]})
    admin = f"account:{world.accounts['admin'][1]}"
    verbs = ("people.plan_made", "people.plan_applied", "people.plan_undone")
    assert logged(world, before) == [(admin, verb) for verb in verbs]


def test_a_survey_is_opened_with_another_threshold_and_closed(world: World) -> None:
    before = len(logged(world))
    draft = done(world, "createSurvey", {"title": "Spring"})
    raised = {"people": 8, "comments": 12, "across": 8}
    done(world, "changeSurvey", {"id": draft["id"], "title": "Spring", "thresholds": raised})
    done(world, "openSurvey", {"id": draft["id"]})
    done(world, "closeSurvey", {"id": draft["id"]})
    world.application.jobs.drain()
    world.clock.advance(days=30)
    world.application.jobs.drain()
    admin = f"account:{world.accounts['admin'][1]}"
    told = logged(world, before)
    for verb in ("created", "edited", "threshold_changed", "opened", "closed_early"):
        assert (admin, f"survey.{verb}") in told, verb
    for verb in ("tallied", "sealed", "published"):
        assert ("system", f"survey.{verb}") in told, verb


def test_somebody_signs_in_and_grants(world: World) -> None:
    before = len(logged(world))
    done(world, "signIn", {"email": "admin@acme.example", "password": PASSWORD})
    invited = done(world, "inviteAccount", {"email": "new@x.example"})
    done(world, "changeAccount", {"id": invited["id"], "units": [world.unit("North")]})
    admin = f"account:{world.accounts['admin'][1]}"
    verbs = ("account.signed_in", "account.invited", "account.changed")
    assert logged(world, before) == [(admin, verb) for verb in verbs]


def test_results_the_log_and_a_person_are_exported_and_a_token_is_minted(host: HostSite) -> None:
    world = host.world
    before = len(logged(world))
    world.app = create_app(world.application, run_jobs=False)
    fetched(world, f"/files/results/{number_of('Survey', host.survey)}.csv")
    fetched(world, "/files/audit.csv")
    done(world, "exportPerson", {"id": world.person("Alpha 1")})
    assert "token" in host.mint()
    admin = f"account:{world.accounts['admin'][1]}"
    told = logged(world, before)
    for verb in ("results.exported", "audit.exported", "person.exported"):
        assert (admin, verb) in told, verb
    minted = [actor for actor, verb in told if verb == "guest.minted"]
    assert len(minted) == 1
    assert minted[0].startswith("api_key:")
