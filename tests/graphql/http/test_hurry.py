"""Pages, uploads and personal links of visitors in a hurry: counted as the API's requests are."""

from __future__ import annotations

import pytest

from sos_graphql.pace import Buckets, pace_of
from tests.graphql.http.conftest import House
from tests.graphql.test_pace import Hand

PAGE = {"Accept": "text/html"}
UPLOAD = {"X-SOS-Request": "1", "X-SOS-File-Name": "people.csv"}


@pytest.fixture
def hand(house: House) -> Hand:
    """Return the clock of a house that takes three requests a minute of each one who asks."""
    hand, counts = Hand(), pace_of(house.application)
    counts.own, counts.shared = Buckets(3, hand), Buckets(3, hand)
    return hand


def test_a_page_tells_to_wait_in_words(house: House, hand: Hand) -> None:
    client = house.signed_in(house.account("ada"))
    assert [client.get("/app/account", headers=PAGE).status_code for _ in range(3)] == [200] * 3
    refused = client.get("/app/account", headers=PAGE | {"Accept-Language": "sv"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 19
    assert refused.headers["content-type"].startswith("text/html")
    assert "för många förfrågningar" in refused.text
    hand.now += 20
    assert client.get("/app/account", headers=PAGE).status_code == 200


def test_uploads_and_downloads_are_counted_together(house: House, hand: Hand) -> None:
    client = house.signed_in(house.account("ada", administrator=True))
    assert client.post("/files/uploads", content=b"a", headers=UPLOAD).status_code == 201
    assert client.get("/files/people-template.csv").status_code == 200
    assert client.post("/files/uploads", content=b"b", headers=UPLOAD).status_code == 201
    refused = client.post("/files/uploads", content=b"c", headers=UPLOAD)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert client.get("/files/people-template.csv").status_code == 429
    assert len(list(house.application.settings.uploads_dir.iterdir())) == 2


def test_respondents_at_one_address_are_counted_by_their_links(house: House, hand: Hand) -> None:
    survey_id = house.opened()
    first, second = (house.link(survey_id, name) for name in ("alpha1", "alpha2"))
    visitor = house.visitor()
    assert [visitor.get(path).status_code for path in (first, f"{first}/1", f"{first}/privacy")] == [
        200, 200, 200,
    ]  # fmt: skip
    assert visitor.get(f"{first}/2").status_code == 429
    assert visitor.get(second).status_code == 200
    # A link that we did not sign is a stranger's.
    assert [visitor.get("/s/1.2.3.forged").status_code for _ in range(4)] == [404] * 3 + [429]
    assert visitor.get(f"{second}/1").status_code == 200
    assert hand.now == 1000.0
