"""A participant answers without JavaScript: from the link to the receipt, on two devices."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sos_core.content import questionnaire
from sos_core.surveys.links import preview_token
from tests.graphql.http.conftest import House, checked, fields

pytestmark = pytest.mark.anyio
ASKED = questionnaire()
LAST = len(ASKED.areas) + 1


async def fill(client, link: str, choose: str = "4", *, comment: str = "") -> None:
    """Answer every page with one option, and stop before submitting."""
    for number in range(1, LAST + 1):
        page = await client.get(f"{link}/{number}")
        assert page.status_code == 200, page.text
        data = {
            name: choose if choose in values else values[0]
            for name, values in fields(page.text).items()
        }
        prompts = re.findall(r'<textarea id="comment" name="([^"]+)"', page.text)
        data |= {name: comment for name in prompts}
        sent = await client.post(f"{link}/{number}", data={**data, "go": "next"})
        expected = f"{link}/{number + 1}" if number < LAST else f"{link}/review"
        assert (sent.status_code, sent.headers["location"]) == (303, expected)


async def test_the_whole_form_from_link_to_receipt(house: House) -> None:
    survey_id = house.opened()
    link, client = house.link(survey_id, "alpha1"), house.visitor()
    intro = await client.get(link)
    assert intro.status_code == 200
    assert f'action="{link}/1"' in intro.text
    await fill(client, link, comment="More time with customers.")
    review = await client.get(f"{link}/review")
    assert f'action="{link}/submit"' in review.text
    done = await client.post(f"{link}/submit")
    assert done.status_code == 200
    receipt = re.search(r'class="receipt">[^<]*?([0-9A-Za-z-]{16,})<', done.text)
    resumed = house.answers(survey_id, "alpha1")
    assert resumed.submitted
    assert len(resumed.answers.choices) == len(ASKED.variables)
    assert set(resumed.answers.choices.values()) == {4}
    assert set(resumed.answers.comments.values()) == {"More time with customers."}
    again = await client.post(f"{link}/submit")
    assert receipt is not None
    assert receipt[1] in again.text
