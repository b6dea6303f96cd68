"""Waits for what only scripts of a page can see."""

from __future__ import annotations

from playwright.sync_api import Page

LONGEST = 30_000  # milliseconds, as long as ``expect`` waits
UNTIL = """async (longest) => {{
  const end = performance.now() + longest;
  while (performance.now() < end) {{
    if (await ({condition})) return true;
    await new Promise((go) => setTimeout(go, 20));
  }}
  return false;
}}"""


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression holds, or what it promises; fail after half a minute.

    Not ``Page.wait_for_function``: that makes code of its text again at each look, which our
    content security policy forbids, so that it works only where its first look succeeds.
    """
    assert page.evaluate(UNTIL.format(condition=condition), LONGEST), condition
