"""A participant answers without JavaScript: from the link to the receipt, on two devices."""

from __future__ import annotations

import re
from html import unescape

from sos_core.content import questionnaire, text
from sos_core.surveys.commands import cancel_survey
from sos_core.surveys.links import preview_token
from tests.graphql.http.conftest import HOME, House, checked, fields

ASKED = questionnaire()
LAST = len(ASKED.areas) + 1


def fill(client, link: str, choose: str = "4", *, comment: str = "") -> None:
    """Answer every page with one option, and stop before submitting."""
    for number in range(1, LAST + 1):
        page = client.get(f"{link}/{number}")
        assert page.status_code == 200, page.text
        data = {
            name: choose if choose in values else values[0]
            for name, values in fields(page.text).items()
        }
        prompts = re.findall(r'<textarea id="comment" name="([^"]+)"', page.text)
        data |= dict.fromkeys(prompts, comment) | hidden(page.text)
        sent = client.post(f"{link}/{number}", data={**data, "go": "next"})
        expected = f"{link}/{number + 1}" if number < LAST else f"{link}/review"
        assert (sent.status_code, sent.headers["location"]) == (303, expected)


def hidden(html: str) -> dict[str, str]:
    """Return what a page sends along of the answers that it showed."""
    found = re.findall(r'type="hidden" name="(was\.[^"]+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in found}


def test_the_whole_form_from_link_to_receipt(house: House) -> None:
    survey_id = house.opened()
    link, client = house.link(survey_id, "alpha1"), house.visitor()
    intro = client.get(link)
    assert intro.status_code == 200
    assert f'action="{link}/1"' in intro.text
    fill(client, link, comment="More time with customers.")
    review = client.get(f"{link}/review")
    assert f'action="{link}/submit"' in review.text
    done = client.post(f"{link}/submit")
    assert done.status_code == 200
    receipt = re.search(r'class="receipt">[^<]*?([0-9A-Za-z-]{16,})<', done.text)
    resumed = house.answers(survey_id, "alpha1")
    assert resumed.submitted
    assert len(resumed.answers.choices) == len(ASKED.variables)
    assert set(resumed.answers.choices.values()) == {4}
    assert set(resumed.answers.comments.values()) == {"More time with customers."}
    again = client.post(f"{link}/submit")
    assert receipt is not None
    assert receipt[1] in again.text


def test_an_open_survey_has_no_list_of_receipts_yet(house: House) -> None:
    link = house.link(house.opened(), "alpha1")
    shown = house.visitor().get(f"{link}/receipts")
    assert (shown.status_code, shown.headers["location"]) == (303, link)


def test_looking_at_a_link_changes_nothing(house: House) -> None:
    survey_id = house.opened()
    link = house.link(survey_id, "alpha1")
    for path in ("", "/1", "/10", "/review", "/submit", "/privacy", "/receipts"):
        response = house.visitor().get(link + path)
        assert response.status_code in {200, 303, 410}
        assert "set-cookie" not in response.headers
        assert response.headers["referrer-policy"] == "no-referrer"
    resumed = house.answers(survey_id, "alpha1")
    assert (resumed.submitted, dict(resumed.answers.choices), resumed.sequence) == (False, {}, 0)


def test_a_draft_is_taken_up_on_another_device(house: House) -> None:
    survey_id = house.opened()
    link, key = house.link(survey_id, "beta1"), ASKED.areas[0].statements[0].key
    first = house.visitor().post(f"{link}/1", data={key: "0", "go": "pause"})
    assert first.status_code == 200
    other = house.visitor()
    assert f'action="{link}/1"' in (other.get(link)).text
    page = other.get(f"{link}/1")
    assert checked(page.text) == {key: "0"}
    sent = other.post(f"{link}/1", data={key: "5", "go": "back", **hidden(page.text)})
    assert sent.headers["location"] == link
    resumed = house.answers(survey_id, "beta1")
    assert (dict(resumed.answers.choices), resumed.submitted) == ({key: 5}, False)


def test_two_devices_that_opened_the_same_page_lose_nothing(house: House) -> None:
    survey_id = house.opened()
    link, area = house.link(survey_id, "beta1"), ASKED.areas[0]
    first, second, third = (item.key for item in area.statements[:3])
    phone, laptop = house.visitor(), house.visitor()
    begun = hidden(phone.get(f"{link}/1").text)
    said = {first: "2", second: "5", area.comment_key: "From the phone.", "go": "next"}
    assert phone.post(f"{link}/1", data={**said, **begun}).status_code == 303
    typed = {first: "4", third: "1", area.comment_key: "From the laptop.", "go": "next"}
    page = laptop.post(f"{link}/1", data={**typed, **begun})
    assert page.status_code == 200
    assert text("sw", "form.elsewhere") in page.text
    assert text("sw", "form.elsewhere.answer", answer=text("sw", "scale.2")) in page.text
    assert checked(page.text) == {first: "4", second: "5", third: "1"}
    resumed = house.answers(survey_id, "beta1").answers
    assert dict(resumed.choices) == {first: 4, second: 5, third: 1}
    assert resumed.comments == {area.comment_key: "From the phone.\n\nFrom the laptop."}
    chosen = {**checked(page.text), **hidden(page.text), first: "2", "go": "next"}
    chosen[area.comment_key] = resumed.comments[area.comment_key]
    assert laptop.post(f"{link}/1", data=chosen).status_code == 303
    resumed = house.answers(survey_id, "beta1").answers
    assert dict(resumed.choices) == {first: 2, second: 5, third: 1}
    assert resumed.comments == {area.comment_key: "From the phone.\n\nFrom the laptop."}


def test_what_is_skipped_is_named_and_no_error(house: House) -> None:
    survey_id = house.opened()
    link, client = house.link(survey_id, "alpha1"), house.visitor()
    sent = client.post(f"{link}/2", data={"go": "next"})
    assert sent.headers["location"] == f"{link}/3"
    review = client.get(f"{link}/review")
    assert review.text.count("aria-label=") == LAST
    assert (client.post(f"{link}/submit")).status_code == 200
    assert house.answers(survey_id, "alpha1").submitted


def test_submitted_answers_can_be_changed_until_the_close(house: House) -> None:
    survey_id = house.opened()
    link, client = house.link(survey_id, "alpha1"), house.visitor()
    fill(client, link)
    client.post(f"{link}/submit")
    key = ASKED.areas[0].statements[0].key
    page = client.get(f"{link}/1").text
    client.post(f"{link}/1", data={**checked(page), **hidden(page), key: "1", "go": "next"})
    resumed = house.answers(survey_id, "alpha1")
    assert resumed.submitted
    assert resumed.answers.choices[key] == 1
    assert len(resumed.answers.choices) == len(ASKED.variables)
    house.clock.advance(days=30)
    for late in (
        client.get(link),
        client.post(f"{link}/1", data={key: "5", "go": "next"}),
        client.post(f"{link}/submit"),
    ):
        assert late.status_code == 410
        assert text("sw", "link.closed.title") in late.text
    assert house.answers(survey_id, "alpha1").answers.choices[key] == 1


def test_links_that_let_nobody_in_look_alike(house: House) -> None:
    survey_id = house.opened()
    link = house.link(survey_id, "alpha1")
    bodies = set()
    for path in (
        f"{link}x",
        link[:-1],
        house.link(survey_id, "viewer"),
        house.link(999, "alpha1"),
        "/s/nothing",
        "/s/%F0%9F%8D%80",
    ):
        for further in ("", "/1", "/privacy"):
            response = house.visitor().get(path + further)
            assert response.status_code == 404
            bodies.add(response.text.partition("<main")[2])
        posted = house.visitor().post(f"{path}/1", data={"go": "next"})
        assert posted.status_code == 404
    assert len(bodies) == 1


def test_a_lost_link_is_asked_for_by_browsers_that_tell_no_more_than_they_must(
    house: House,
) -> None:
    """Without https a browser says only where a form came from, and not where the page forbids it."""
    browser = house.visitor()
    for path, data in (("/s", {"email": "alpha1@x.example"}), ("/s/code", {"code": "x"})):
        hidden = browser.get(path).headers["referrer-policy"] == "no-referrer"
        sent = browser.post(path, data=data, headers={"Origin": "null" if hidden else HOME})
        assert sent.status_code != 403


def test_a_preview_shows_the_form_and_stores_nothing(house: House) -> None:
    survey_id = house.draft()
    token = preview_token(
        house.application.secret, organization_id=house.organization_id, survey_id=survey_id
    )
    link, client = f"/s/{token}", house.visitor()
    fill(client, link)
    done = client.post(f"{link}/submit")
    assert done.status_code == 200
    assert "receipt" not in done.text
    assert "<sos-survey" not in (client.get(f"{link}/1")).text


def test_after_a_cancel_nothing_is_taken(house: House) -> None:
    survey_id = house.opened()
    link = house.link(survey_id, "alpha1")
    with house.application.database.write(house.organization_id) as session:
        cancel_survey(session, survey_id, now=house.clock(), actor="test")
    answer = house.visitor().post(f"{link}/1", data={"go": "next"})
    assert answer.status_code == 410
    assert text("sw", "link.cancelled.title") in answer.text


def test_a_comment_that_is_too_long_is_told_and_kept(house: House) -> None:
    survey_id = house.opened()
    link = house.link(survey_id, "alpha1")
    area = ASKED.areas[0]
    sent = house.visitor().post(
        f"{link}/1",
        data={area.statements[0].key: "3", area.comment_key: "<b>x" * 600, "go": "next"},
    )
    assert sent.status_code == 400
    assert checked(sent.text) == {area.statements[0].key: "3"}
    assert "&lt;b&gt;x" in sent.text
    assert "<b>x" not in sent.text


def test_a_participant_answers_after_signing_in(house: House) -> None:
    survey_id = house.opened()
    person_id = house.crew.people["alpha1"]
    client = house.signed_in(house.account("alpha1", person_id=person_id))
    base = f"/app/answer/{survey_id}"
    start = client.get("/app")
    assert f'href="{base}"' in start.text
    page = client.get(f"{base}/1")
    assert "data-token" not in page.text
    key = ASKED.areas[0].statements[0].key
    refused = client.post(f"{base}/1", data={key: "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert house.answers(survey_id, "alpha1").answers.choices == {}
    client.post(f"{base}/1", data={key: "2", "go": "next"})
    client.post(f"{base}/submit")
    resumed = house.answers(survey_id, "alpha1")
    assert (resumed.submitted, dict(resumed.answers.choices)) == (True, {key: 2})
