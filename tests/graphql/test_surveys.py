"""Surveys and ballots through the API."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from sos_core.content import text
from sos_graphql.nodes import number_of
from tests.graphql.conftest import World

DRAFT: dict[str, Any] = {
    "title": "Spring",
    "opens": "2026-03-09T08:00",
    "languages": ["sv", "en"],
    "audience": "PARTICIPANTS",
    "introductions": [{"language": "sv", "text": "Hej!"}],
    "reminders": [{"kind": "LAST_DAY", "anchor": "CLOSES", "days": 1}],
    "thresholds": {"people": 6, "comments": 12},
}
SETTINGS = """query ($id: ID!) { survey(id: $id) { opensAt opensLocal closesLocal publishesLocal
  languages settings { audience thresholds { people shares comments } reminders { kind timeOfDay days }
  introductions { text } participants { everybody peopleCount units { name } withoutIds } } } }"""
FORM = """query ($l: String) { ballotForm(language: $l) { ... on Problem { code } ... on BallotForm {
  surveyId title organizationName language introduction submitted cannotJudge scale { value label }
  areas { key statements { key text } commentKey } activities { key options { value } }
  privacy { smallestGroup sentences } draft { sequence answers { key value } comments { key text } }
} } }"""
RATE = """query ($id: ID!) { survey(id: $id) { responseRate { ... on Problem { code }
  ... on ResponseRate { final nextReminderAt overall { invited finished display bound }
  units { name groupName exact rate { invited } } } } } }"""


def test_a_draft_keeps_its_settings(world: World) -> None:
    draft = world.do("createSurvey", DRAFT | {"participants": {"units": [world.unit("North")]}})
    found = world.data("admin", SETTINGS, {"id": draft["id"]})["survey"]
    settings = found.pop("settings")
    assert found == {
        "opensAt": "2026-03-09T07:00:00+00:00",
        "opensLocal": "2026-03-09T08:00",
        "closesLocal": "2026-03-23T08:00",
        "publishesLocal": "2026-03-25T08:00",
        "languages": ["en", "sv"],
    }
    assert settings == {
        "audience": "PARTICIPANTS",
        "thresholds": {"people": 6, "shares": 12, "comments": 12},
        "reminders": [{"kind": "LAST_DAY", "timeOfDay": "09:00", "days": 1}],
        "introductions": [{"text": "Hej!"}],
        "participants": {
            "everybody": False, "peopleCount": 14, "units": [{"name": "North"}], "withoutIds": [],
        },
    }  # fmt: skip


def test_a_draft_is_scheduled_changed_and_opened(world: World) -> None:
    draft = world.do("createSurvey", DRAFT)
    assert world.do("scheduleSurvey", {"id": draft["id"]})["scheduled"]
    assert not world.do("scheduleSurvey", {"id": draft["id"], "scheduled": False})["scheduled"]
    change = {"title": "Spring 2", "participants": {"without": [world.person("Beta 5")]}}
    assert world.do("changeSurvey", {"id": draft["id"], **change})["title"] == "Spring 2"
    choice = world.data("admin", SETTINGS, {"id": draft["id"]})["survey"]["settings"][
        "participants"
    ]
    assert (choice["everybody"], choice["peopleCount"]) == (True, 20)
    assert choice["withoutIds"] == [world.person("Beta 5")]
    assert world.do("openSurvey", {"id": draft["id"]})["state"] == "OPEN"
    edited = world.do("changeSurvey", {"id": draft["id"], "title": "Late"})
    assert edited["code"] == "survey_is_open"


def test_settings_that_make_no_sense_are_refused_in_words(world: World) -> None:
    for given, code in (
        ({"title": ""}, "survey_title_wrong"),
        ({"title": "S", "timeZone": "Mars/Base"}, "unknown_time_zone"),
        ({"title": "S", "closes": "2026-01-01T08:00"}, "survey_times_wrong"),
        ({"title": "S", "languages": ["tlh"]}, "survey_languages_wrong"),
        ({"title": "S", "thresholds": {"people": 3}}, "survey_threshold_too_low"),
        ({"title": "S", "cuts": ["eye color"]}, "survey_cut_unknown"),
    ):
        refused = world.do("createSurvey", given)
        assert (refused["__typename"], refused["code"]) == ("InvalidInput", code)


def test_wall_times_have_no_zone(world: World) -> None:
    document = "mutation ($i: CreateSurveyInput!) { createSurvey(input: $i) { __typename } }"
    for wrong in ("2026-03-09T08:00Z", "soon", 5):
        answer = world.ask("admin", document, {"i": {"title": "S", "opens": wrong}}).json()
        assert "errors" in answer, wrong


def test_an_open_survey_is_extended_reminded_and_canceled(world: World) -> None:
    survey = world.open_survey()
    assert (
        world.do("extendSurvey", {"id": survey, "closes": "2026-03-01T08:00"})["field"] == "closes"
    )
    extended = world.do("extendSurvey", {"id": survey, "closes": "2026-04-30T08:00"})
    assert extended["state"] == "OPEN"
    assert world.do("sendReminder", {"survey": survey})["code"] == "survey_reminded_recently"
    world.application.jobs.drain()
    world.clock.advance(hours=2)
    assert world.do("sendReminder", {"survey": survey})["__typename"] == "Survey"
    assert world.do("sendReminder", {"survey": survey})["code"] == "survey_reminded_recently"
    person = world.person("Vera")
    assert world.do("addParticipant", {"survey": survey, "person": person})["code"] == (
        "survey_person_unfit"
    )
    sent = world.do("resendPersonalLink", {"survey": survey, "person": world.person("Alpha 1")})
    assert sent["__typename"] == "Survey"
    to = {"survey": survey, "email": "me@x.example", "language": "sv"}
    assert world.do("sendTestMail", to)["email"] == "me@x.example"
    assert world.do("cancelSurvey", {"id": survey})["state"] == "CANCELED"
    assert world.do("closeSurvey", {"id": survey})["code"] == "survey_is_cancelled"


def test_the_preview_tells_who_would_be_invited(world: World) -> None:
    draft = world.do("createSurvey", {"title": "S"})
    document = """query ($id: ID!) { surveyPreview(id: $id) { ... on SurveyPreview { invitedCount link }
      ... on Problem { code } } }"""
    found = world.data("admin", document, {"id": draft["id"]})["surveyPreview"]
    assert found["invitedCount"] == 21
    assert found["link"].startswith("http://sos.test/s/")
    refused = world.data("leader", document, {"id": draft["id"]})["surveyPreview"]
    assert refused == {"code": "administrators_only"}


def test_others_learn_of_a_survey_when_it_opens(world: World) -> None:
    listed = "{ surveys(first: 5) { nodes { title state settings { audience } } } }"
    draft = world.do("createSurvey", {"title": "Spring"})
    assert len(world.data("admin", listed)["surveys"]["nodes"]) == 1
    assert world.data("participant", listed)["surveys"]["nodes"] == []
    world.do("openSurvey", {"id": draft["id"]})
    for role in ("participant", "leader", "viewer"):
        [seen] = world.data(role, listed)["surveys"]["nodes"]
        assert seen == {"title": "Spring", "state": "OPEN", "settings": None}
    assert world.data("nobody", listed)["surveys"]["nodes"] == []


def test_a_list_of_surveys_asks_no_question_for_each(world: World) -> None:
    listed = "{ surveys(first: 5) { nodes { title } } }"
    heard: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        heard.append(statement)

    def questions() -> int:
        heard.clear()
        [seen] = world.data("participant", listed)["surveys"]["nodes"]
        assert seen == {"title": "Spring"}
        return sum("participation" in statement for statement in heard)

    engine = world.application.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        world.open_survey(participants={"units": [world.unit("North")]})
        assert questions() == 1
        world.open_survey(title="Other", participants={"units": [world.unit("South")]})
        assert questions() == 1
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_respondent_answers_resumes_and_submits(world: World) -> None:
    survey = world.open_survey(introductions=[{"language": "en", "text": "Welcome!"}])
    world.respondent(number_of("Survey", survey), "Alpha 1")
    form = world.data("respondent", FORM)["ballotForm"]
    assert (form["surveyId"], form["organizationName"]) == (survey, "Acme")
    assert (form["language"], form["introduction"]) == ("en", "Welcome!")
    assert len(form["areas"]) == 9
    assert sum(len(area["statements"]) for area in form["areas"]) == 36
    assert [option["value"] for option in form["scale"]] == [1, 2, 3, 4, 5]
    assert form["draft"] == {"sequence": 0, "answers": [], "comments": []}
    first, second = (item["key"] for item in form["areas"][0]["statements"][:2])
    comment = {"key": form["areas"][0]["commentKey"], "text": "More time."}
    given: dict[str, Any] = {
        "answers": [{"key": first, "value": 4}, {"key": second, "value": None}],
        "comments": [comment],
    }
    saved = world.do("saveBallotDraft", given | {"sequence": 7}, "respondent")
    assert saved["state"] == "SAVED"
    stale = world.do("saveBallotDraft", given | {"sequence": 3}, "respondent")
    assert stale["state"] == "STALE"
    resumed = world.data("respondent", FORM, {"l": "sv"})["ballotForm"]
    assert resumed["language"] == "sv"
    assert resumed["draft"] == {
        "sequence": 7,
        "answers": [{"key": first, "value": 4}, {"key": second, "value": None}],
        "comments": [comment],
    }
    other = {"answers": [{"key": first, "value": 1}], "base": ""}
    elsewhere = world.do("saveBallotDraft", other | {"sequence": 8}, "respondent")
    assert (elsewhere["state"], elsewhere["version"]) == ("STALE", saved["version"])
    assert elsewhere["stored"]["answers"] == given["answers"]
    assert world.do("submitBallot", other, "respondent")["code"] == "ballot_elsewhere"
    given["base"] = saved["version"]
    receipt = world.do("submitBallot", given, "respondent")
    assert receipt["__typename"] == "BallotReceipt"
    assert world.do("submitBallot", given, "respondent")["code"] == receipt["code"]
    assert world.data("respondent", FORM)["ballotForm"]["submitted"]
    late = world.do("saveBallotDraft", given | {"sequence": 9}, "respondent")
    assert late["state"] == "ALREADY_SUBMITTED"


def test_a_signed_in_participant_reaches_the_same_form(world: World) -> None:
    assert world.data("participant", FORM)["ballotForm"] == {"code": "no_open_survey"}
    survey = world.open_survey()
    world.respondent(number_of("Survey", survey), "Alpha 1")
    form = world.data("participant", FORM)["ballotForm"]
    audience = [text("en", key) for key in ("audience.leaders", "audience.comments.leaders")]
    assert [words for words in form["privacy"]["sentences"] if "seen by" in words] == audience
    given = {"answers": [{"key": form["areas"][0]["statements"][0]["key"], "value": 2}]}
    mine = world.do("submitBallot", given, "participant")
    assert mine["code"] == world.do("submitBallot", given, "respondent")["code"]
    for role in ("admin", "nobody", "viewer"):
        assert world.data(role, FORM)["ballotForm"] == {"code": "no_open_survey"}
        assert world.do("submitBallot", given, role)["code"] == "no_open_survey"
    assert world.data(None, FORM)["ballotForm"] == {"code": "not_signed_in"}


def test_a_form_is_never_that_of_another_survey(world: World) -> None:
    open_one, draft = world.open_survey(), world.do("createSurvey", {"title": "Autumn"})["id"]
    query = """query ($s: ID) { ballotForm(survey: $s) {
      ... on BallotForm { surveyId } ... on Problem { code } } }"""
    world.respondent(number_of("Survey", open_one), "Alpha 1")
    for role in ("participant", "respondent"):
        own = world.data(role, query, {"s": open_one})["ballotForm"]
        assert own == {"surveyId": open_one}
        other = world.data(role, query, {"s": draft})["ballotForm"]
        assert other == {"code": "no_open_survey"}


def test_impossible_answers_are_refused(world: World) -> None:
    survey = world.open_survey()
    world.respondent(number_of("Survey", survey), "Alpha 1")
    key = world.data("respondent", FORM)["ballotForm"]["areas"][0]["statements"][0]["key"]
    for value in (0, 6, -1):
        refused = world.do(
            "submitBallot", {"answers": [{"key": key, "value": value}]}, "respondent"
        )
        assert refused["code"] == "answer_impossible"
    refused = world.do("submitBallot", {"answers": [{"key": "eyes", "value": 1}]}, "respondent")
    assert refused["code"] == "answer_impossible"


def test_a_respondents_token_is_good_for_its_own_survey_alone(world: World) -> None:
    survey = world.open_survey()
    world.respondent(number_of("Survey", survey) + 1, "Alpha 1")
    given = {"answers": [], "survey": survey}
    assert world.do("submitBallot", given, "respondent")["code"] == "no_open_survey"


def test_answers_after_the_close_are_refused(world: World) -> None:
    survey = world.open_survey()
    world.respondent(number_of("Survey", survey), "Alpha 1")
    world.do("closeSurvey", {"id": survey})
    world.clock.advance(seconds=1)
    assert world.do("submitBallot", {"answers": []}, "respondent")["__typename"] == "Conflict"


def test_response_rates_are_for_those_who_can_remind(world: World) -> None:
    survey = world.open_survey()

    def rate(role: str | None) -> Any:
        found = world.data(role, RATE, {"id": survey})["survey"]
        return found and found["responseRate"]

    everything = rate("admin")
    assert everything["overall"] == {
        "invited": 21, "finished": None, "display": "≤ 10%", "bound": "AT_MOST",
    }  # fmt: skip
    assert [unit["name"] for unit in everything["units"]] == [
        "Acme", "North", "East", "Alpha", "Beta", "South", "West", "Gamma",
    ]  # fmt: skip
    assert everything["final"] is False
    assert everything["nextReminderAt"] is not None
    assert [unit["name"] for unit in rate("leader")["units"]] == ["Alpha"]
    assert [unit["name"] for unit in rate("viewer")["units"]] == ["North", "East", "Alpha", "Beta"]
    assert rate("participant") == {"code": "no_response_rate"}
    assert rate("nobody") is None
    draft = world.do("createSurvey", {"title": "Next"})["id"]
    early = world.data("admin", RATE, {"id": draft})["survey"]["responseRate"]
    assert early["code"] in {"no_response_rate", "no_response_rate_yet"}
