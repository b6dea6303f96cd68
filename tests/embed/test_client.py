"""The GraphQL client against a server that answers as told."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.responses import JSONResponse, PlainTextResponse

from tests.embed.serving import Api

START = """const core = await import('/gallery/core.js');
  const operation = {name: 'Gallery', text: 'query Gallery { gallery { value } }'};
  const failure = async (promise) => { try { await promise; return null }
    catch (f) { return {code: f.code, what: f.what, remedy: f.remedy, retryable: f.retryable} } };
  let tokens = 0;
  const hour = () => Date.now() + 3600_000;
  const getToken = async () =>
    ({token: `t${++tokens}`, expiresAt: argument === 'stale' ? Date.now() : hour()});
  const client = new core.Client({endpoint: '/graphql', locale: () => 'sv',
    ...(argument ? {getToken} : {})});
"""
LIVE = "body=<sos-gallery-live unit='1'></sos-gallery-live>"


@pytest.fixture
def run(page: Page, gallery_url: str) -> Any:
    """Return a function that runs JavaScript with a client; the argument asks for tokens."""
    page.goto(f"{gallery_url}/?body=")

    def call(body: str, argument: str | None = None) -> Any:
        return page.evaluate(f"async (argument) => {{ {START} {body} }}", argument)

    return call


def refused(code: str, status: int = 200) -> JSONResponse:
    error = {"message": "m", "extensions": {"code": code, "what": "W.", "remedy": "R."}}
    return JSONResponse({"data": {"gallery": None}, "errors": [error]}, status_code=status)


def test_a_question_is_sent_as_it_should_be(run: Any, api: Api) -> None:
    answer = run("return client.query(operation, {unit: 'u'})")
    assert answer == {"gallery": {"value": 1}}
    [(headers, body)] = api.asked
    assert body == {
        "query": "query Gallery { gallery { value } }",
        "operationName": "Gallery",
        "variables": {"unit": "u"},
    }
    assert headers["accept-language"] == "sv"
    assert headers["accept"].startswith("application/graphql-response+json")
    assert "x-sos-request" in headers
    assert "authorization" not in headers


def test_equal_questions_share_one_request(run: Any, api: Api) -> None:
    body = """const ask = (unit) => client.query(operation, {unit});
      const answers = await Promise.all([ask('a'), ask('a'), ask('b')]);
      await ask('a'); return answers.map((answer) => answer.gallery.value).sort()"""
    assert run(body) == [1, 1, 2]
    assert len(api.asked) == 3, "an answer is not kept, only a request under way is shared"


def test_a_question_in_another_language_is_another_one(run: Any, api: Api) -> None:
    body = """let tag = 'sv';
      const both = new core.Client({endpoint: '/graphql', locale: () => tag});
      const first = both.query(operation, {});
      await Promise.resolve(); tag = 'nb';
      await Promise.all([first, both.query(operation, {})])"""
    run(body)
    assert len(api.asked) == 2


def test_one_who_leaves_does_not_take_the_others_along(run: Any, api: Api) -> None:
    body = """const control = new AbortController();
      const first = client.query(operation, {}, control.signal);
      const second = client.query(operation, {}, new AbortController().signal);
      control.abort();
      let left; try { await first } catch (e) { left = e.name }
      return [left, (await second).gallery.value]"""
    assert run(body) == ["AbortError", 1]
    assert len(api.asked) == 1


def test_errors_are_read_before_data(run: Any, api: Api) -> None:
    api.answers.append(refused("not_allowed"))
    assert run("return failure(client.query(operation, {}))") == {
        "code": "not_allowed",
        "what": "W.",
        "remedy": "R.",
        "retryable": False,
    }


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [(503, "unavailable", True), (500, "unexpected", True), (404, "unexpected", False)],
)
def test_an_answer_that_is_no_graphql_is_a_failure(
    browser: Any, gallery_url: str, api: Api, status: int, code: str, retryable: bool
) -> None:
    api.answers.append(PlainTextResponse("<html>", status_code=status))
    page = browser.new_page()  # the browser itself writes a console error for such a status
    page.goto(f"{gallery_url}/?body=")
    body = f"async (argument) => {{ {START} return failure(client.query(operation, {{}})) }}"
    failed = page.evaluate(body)
    page.close()
    assert (failed["code"], failed["retryable"]) == (code, retryable)


def test_a_broken_line_is_told_as_such(browser: Any, gallery_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{gallery_url}/?body=")
    page.evaluate("import('/gallery/core.js')")
    page.route("**/graphql", lambda route: route.abort("internetdisconnected"))
    body = f"""async (argument) => {{ {START}
      try {{ await client.query(operation, {{}}) }} catch (e) {{ return core.asFailure(e).code }} }}"""
    assert page.evaluate(body) == "offline"
    page.close()


def test_tokens_are_fetched_once_and_kept(run: Any, api: Api) -> None:
    run(
        "await Promise.all([client.query(operation, {a: 1}), client.query(operation, {a: 2})]);"
        "await client.query(operation, {a: 3})",
        "fresh",
    )
    assert [headers["authorization"] for headers, _ in api.asked] == ["Bearer t1"] * 3
    assert all("cookie" not in headers for headers, _ in api.asked)


def test_a_stale_token_is_renewed_but_not_in_a_rush(run: Any, api: Api) -> None:
    run("for (const a of [1, 2, 3]) await client.query(operation, {a})", "stale")
    assert [headers["authorization"] for headers, _ in api.asked] == ["Bearer t1"] * 3
    run(
        "const now = Date.now; await client.query(operation, {});"
        "Date.now = () => now() + 11_000; await client.query(operation, {}); Date.now = now",
        "stale",
    )
    assert [headers["authorization"] for headers, _ in api.asked[3:]] == ["Bearer t1", "Bearer t2"]


def test_all_wait_for_the_token_that_is_on_its_way(run: Any, api: Api) -> None:
    run(
        "await client.query(operation, {a: 0});"
        "const now = Date.now; Date.now = () => now() + 11_000;"
        "await Promise.all([1, 2, 3].map((a) => client.query(operation, {a}))); Date.now = now",
        "stale",
    )
    sent = [headers["authorization"] for headers, _ in api.asked]
    assert sent == ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t2"]


def test_a_token_that_comes_late_is_for_who_asks_next(run: Any) -> None:
    body = """const later = [], timeout = window.setTimeout;
      window.setTimeout = (run) => later.push(run);
      const handed = new core.Handed(() => {}), first = handed.next().catch(() => 'none');
      later.forEach((run) => run()); window.setTimeout = timeout;
      const none = await first; handed.give('late');
      const asked = new Promise((go) => setTimeout(() => go({token: 'asked again'}), 50));
      return [none, (await Promise.race([handed.next(), asked])).token]"""
    assert run(body) == ["none", "late"]


def test_a_file_that_was_given_up_is_not_sent(run: Any) -> None:
    body = """const control = new AbortController(), told = [];
      const sent = core.upload(client, new File(['x'], 'a.csv'),
        {signal: control.signal, progress: (share) => told.push(share)});
      control.abort();
      try { await sent } catch (e) { return [e.name, told] }"""
    assert run(body, "fresh") == ["AbortError", []]


def test_a_refused_token_is_renewed_once(browser: Any, gallery_url: str, api: Api) -> None:
    page = browser.new_page()
    page.goto(f"{gallery_url}/?body=")
    body = f"""async (argument) => {{ {START}
      await client.query(operation, {{}});
      const now = Date.now; Date.now = () => now() + 11_000;
      return failure(client.query(operation, {{}})) }}"""
    api.answers += [JSONResponse({"data": {"gallery": 1}}), refused("signed_out", 401)]
    assert page.evaluate(body, "fresh") is None
    assert [headers["authorization"] for headers, _ in api.asked] == [
        "Bearer t1",
        "Bearer t1",
        "Bearer t2",
    ]
    api.answers += [
        JSONResponse({"data": {"gallery": 1}}),
        PlainTextResponse("", status_code=401),
        PlainTextResponse("", status_code=401),
    ]
    assert page.evaluate(body, "fresh")["code"] == "signed_out"
    page.close()


def test_an_element_asks_shows_and_asks_again(page: Page, gallery_url: str, api: Api) -> None:
    page.goto(f"{gallery_url}/?{LIVE}")
    shown = page.locator("sos-gallery-live output")
    expect(shown).to_have_text("1")
    page.locator("sos-gallery-live").evaluate("(element) => { element.unit = '2' }")
    expect(shown).to_have_text("2")
    assert [body["variables"] for _, body in api.asked] == [{"unit": "1"}, {"unit": "2"}]


def test_an_element_that_left_before_its_words_came_asks_for_nothing(
    page: Page, gallery_url: str, api: Api
) -> None:
    page.goto(f"{gallery_url}/?{LIVE}")
    shown = page.locator("sos-gallery-live output")
    expect(shown).to_have_text("1")
    page.locator("sos-gallery-live").evaluate(
        """(element) => { const other = element.cloneNode();
          other.unit = 'gone'; other.locale = 'nb'; element.after(other); other.remove();
          element.unit = '2' }"""
    )
    expect(shown).to_have_text("2")
    assert [body["variables"] for _, body in api.asked] == [{"unit": "1"}, {"unit": "2"}]


def test_a_refusal_is_shown_and_can_be_mended(page: Page, gallery_url: str, api: Api) -> None:
    error = {"message": "m", "extensions": {"code": "unavailable"}}
    api.answers.append(JSONResponse({"errors": [error]}))
    page.goto(f"{gallery_url}/?{LIVE}")
    expect(page.get_by_role("alert")).to_contain_text("The server is busy right now.")
    page.locator("sos-gallery-live").evaluate("(element) => element.refresh()")
    expect(page.locator("sos-gallery-live output")).to_have_text("2")


def test_an_element_may_speak_another_language(page: Page, gallery_url: str, api: Api) -> None:
    api.answers.append(refused("x"))
    page.goto(f"{gallery_url}/?body=<sos-gallery-states locale='nb'></sos-gallery-states>")
    expect(page.get_by_role("alert")).to_contain_text("Forbindelsen til serveren er brutt.")
    expect(page.locator("sos-gallery-states section")).to_have_attribute("lang", "nb")
