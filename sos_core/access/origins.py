"""Origins of pages: one exact form, so that comparing is comparing texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sos_core.errors import InvalidInput

LONGEST_ORIGIN = 255
MOST_ORIGINS = 20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
ORIGIN = re.compile(rf"(https?)://((?:{LABEL}\.)*{LABEL}|\[[0-9a-f:.]+\])(?::([0-9]{{1,5}}))?")
USUAL_PORTS = {"http": "80", "https": "443"}


def clean_origin(written: str) -> str:
    """Return an origin as browsers write it; raise InvalidInput for anything that is none.

    Only https, and plain http on the machine itself: a token would travel in the clear otherwise.

    >>> clean_origin("https://Intranet.example:443/")
    'https://intranet.example'
    """
    plain = written.strip().removesuffix("/").lower()
    found = ORIGIN.fullmatch(plain)
    if found is None or not plain.isascii() or len(plain) > LONGEST_ORIGIN:
        raise _wrong(written)
    scheme, host, port = found[1], found[2], found[3]
    if scheme == "http" and host not in LOOPBACK:
        raise _wrong(written)
    if port is None or port.lstrip("0") == USUAL_PORTS[scheme]:
        return f"{scheme}://{host}"
    if not 1 <= int(port) <= 65535 or port.startswith("0"):
        raise _wrong(written)
    return f"{scheme}://{host}:{port}"


def clean_origins(written: Iterable[str]) -> tuple[str, ...]:
    """Return origins, each once and sorted; raise InvalidInput for none, too many or a wrong one."""
    found = sorted({clean_origin(one) for one in written if one.strip()})
    if not 1 <= len(found) <= MOST_ORIGINS:
        raise InvalidInput(
            "From 1 to {most} addresses of pages are needed.",
            "Name every origin whose pages may show the widgets.",
            code="origins_count",
            field="origins",
            values={"most": MOST_ORIGINS},
        )
    return tuple(found)


def _wrong(written: str) -> InvalidInput:
    return InvalidInput(
        "“{origin}” is not an origin that can be allowed.",
        "Write it as https://intranet.example, without a path; http works for localhost alone.",
        code="origin_wrong",
        field="origins",
        values={"origin": written.strip()[:80]},
    )
