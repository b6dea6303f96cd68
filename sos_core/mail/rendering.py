"""The wording of mails: plain text from the catalogs, and the same as simple, accessible HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from sos_core.content import text

BLANK_LINES = re.compile(r"\n{3,}")
ADDRESS = re.compile(r"https?://[^\s<>\"']+")
PAGE = (
    '<!doctype html>\n<html lang="{language}" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width">\n<title>{subject}</title>\n</head>\n'
    '<body style="margin:0;padding:24px;background:#ffffff;color:#1a1a1a;'
    'font:16px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif">\n'
    '<main style="max-width:36em;margin:0 auto">\n{body}\n</main>\n</body>\n</html>\n'
)
FOOTER = '<p style="color:#595959;font-size:14px">{footer}</p>'


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's wording in one language."""

    language: str
    subject: str
    text: str
    html: str


def render(
    kind: str, language: str, values: Mapping[str, object], *, note: str = "", test: bool = False
) -> Rendered:
    """Return the wording of mail ``kind`` (``invitation``, ``lost_link`` …) in ``language``.

    ``values`` fill the texts and must name ``organization``; they are data and never markup.
    ``note`` stands above the text; ``test`` marks the subject. A missing value is a KeyError.
    """
    subject = " ".join(text(language, f"mail.{kind}.subject", **values).split())
    if test:
        subject = text(language, "mail.test.subject", subject=subject)
    body = text(language, f"mail.{kind}.body", **values)
    footer = text(language, "mail.footer", **values)
    paragraphs = [part for part in (note, *body.split("\n\n")) if part.strip()]
    plain = BLANK_LINES.sub("\n\n", "\n\n".join(paragraphs)).strip()
    html = "\n".join([*(_paragraph(part) for part in paragraphs), _footer(footer)])
    return Rendered(
        language,
        subject,
        f"{plain}\n\n-- \n{footer}\n",
        PAGE.format(language=escape(language), subject=escape(subject), body=html),
    )


def _paragraph(part: str) -> str:
    return f"<p>{_linked(part.strip())}</p>"


def _footer(footer: str) -> str:
    return FOOTER.format(footer=escape(footer))


def _linked(part: str) -> str:
    """Return ``part`` escaped, its addresses as links and its line breaks kept."""
    pieces: list[str] = []
    last = 0
    for match in ADDRESS.finditer(part):
        pieces.append(escape(part[last : match.start()]))
        address = escape(match.group())
        pieces.append(f'<a href="{address}" style="color:#0b57d0">{address}</a>')
        last = match.end()
    pieces.append(escape(part[last:]))
    return "".join(pieces).replace("\n", "<br>\n")
