"""Games with headers, origins and the framing of requests: no fault, nothing taken, no echo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.graphql.http.test_origins import GAMES
from tests.hostile import framing, transport
from tests.hostile.fingerprint import changed
from tests.hostile.report import Report
from tests.hostile.served import Stage
from tests.hostile.wire import Reply

EVIL = "evil.example"
HOSTS = (
    EVIL,
    "",
    f"{EVIL}:80",
    f"sos.test@{EVIL}",
    "[::1",
    "[::1]:x",
    "127.0.0.1:99999",
    "a" * 5000,
    "sos.test:",
    f"sos.test, {EVIL}",
    f"{EVIL}#sos.test",
    f"{EVIL}/",
    f"{EVIL}?x",
    "xn--ss-2ia.test",
    "\x7f",
    "ümläut",
    "..",
)
FORWARDED = (
    ("X-Forwarded-Host", EVIL),
    ("X-Forwarded-Proto", "javascript"),
    ("X-Forwarded-Proto", "https, evil"),
    ("X-Forwarded-For", EVIL),
    ("X-Forwarded-For", ", ,"),
    ("X-Forwarded-For", "[::1"),
    ("X-Forwarded-For", "::1]:9"),
    ("X-Forwarded-For", "1.2.3.4, 127.0.0.1, x"),
    ("X-Forwarded-For", "9" * 5000),
    ("X-Forwarded-Port", "x"),
    ("Forwarded", f"for=x;host={EVIL};proto=x"),
    ("X-Original-URL", "/app/operator"),
    ("X-Rewrite-URL", "/app"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Forwarded-Prefix", f"//{EVIL}"),
    ("True-Client-IP", "x"),
    ("X-Forwarded-For", "unix:"),
    ("X-Forwarded-For", "1.2.3.4:x"),
    ("X-Forwarded-Server", EVIL),
)
ODD = (
    ("Accept-Language", "x" * 5000),
    ("Accept-Language", "en;q=,,;q=x, *;q=9"),
    ("Accept-Language", "\xff"),
    ("X-SOS-Language", "../en"),
    ("X-SOS-Language", "\xff"),
    ("Cookie", "=;;=;x"),
    ("Cookie", "\xff=\xfe"),
    ("Cookie", "; " * 2000),
    ("Cookie", 'sos_language=../../en; sos_theme="><script>'),
    ("Authorization", ""),
    ("Authorization", "Bearer"),
    ("Authorization", "Bearer " + " " * 900),
    ("Authorization", "Basic YTpi"),
    ("Authorization", "Bearer \xff\xfe"),
    ("Authorization", "bearer,Bearer x"),
    ("Content-Encoding", "br, gzip"),
    ("Range", "bytes=0-0,5-2,-"),
    ("If-None-Match", "*"),
    ("If-Modified-Since", "x" * 99),
    ("Expect", "200-ok"),
    ("Upgrade", "h2c"),
    ("Sec-Fetch-Site", "x"),
    ("User-Agent", "x" * 9000),
    ("User-Agent", "\xff\x80"),
    ("Origin", "x" * 9000),
    ("Referer", "\xff"),
    ("Traceparent", "x"),
    ("Content-Type", "\xff/\xfe"),
    ("Accept", "*/*;" * 900),
    ("Content-Disposition", "x"),
    ("Via", "1.1 x"),
    ("Max-Forwards", "0"),
)
PAGES = (
    "/",
    "/auth/sign-in",
    "/app",
    "/healthz",
    "/s/x",
    "/embed/frame/x/sos-areas",
    "/graphql/",
    "/app/",
    "/no",
)
WHO = {"query": "{ viewer { kind } }"}


def run(stage: Stage, *, every: int = 1) -> Report:
    """Play every game, or each ``every``-th one, and return what was wrong."""
    report = Report("games with headers, origins and framing")
    stage.cast.enter()
    before = stage.fingerprint()
    games = [*_hosts(), *_origins(stage), *_cookies(stage), *_odd(stage), *framing.games(stage)]
    with stage.listening():
        for game in games[::every]:
            report.kinds["game"] += 1
            for reply in game.play(stage):
                found = _complaint(game, reply)
                if found:
                    report.wrong.append(f"{game.name}: {found}")
    report.wrong += [f"table {name} changed" for name in changed(before, stage.fingerprint())]
    report.wrong += stage.told()
    return report


@dataclass
class Game:
    """One request, and what its answer may not hold."""

    name: str
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes | None = None
    refused: bool = False
    """Whether it has to be refused."""

    def play(self, stage: Stage) -> list[Reply]:
        """Return the answers."""
        return [stage.wire.send(self.method, self.target, self.headers, self.body)]


def _complaint(game: Game | framing.Frame, reply: Reply) -> str | None:
    if reply.status >= 500 or reply.status == 0:
        return f"status {reply.status} {reply.body[:200]!r}"
    told = [f"{name}: {value}" for name, value in reply.headers]
    if any(EVIL in line or "\r" in line or "\n" in line for line in told):
        return f"an answer leads elsewhere: {told}"
    if EVIL.encode() in reply.body:
        return "an answer repeats the foreign host"
    if game.refused and reply.status < 400:
        return f"taken: {reply.status} {reply.body[:200]!r}"
    return None


def _hosts() -> Iterator[Game]:
    for page in PAGES:
        for host in HOSTS:
            headers = [("Host", host.encode().decode("latin-1")), ("Accept", "text/html")]
            yield Game(f"host {host[:30]!r} at {page}", "GET", page, headers)
        for name, value in FORWARDED:
            yield Game(f"{name}: {value[:30]} at {page}", "GET", page, [(name, value)])


def _origins(stage: Stage) -> Iterator[Game]:
    json = ("Content-Type", transport.JSON)
    cookie = ("Cookie", f"sos_session={stage.cast.tokens['admin']}")
    form = ("Content-Type", "application/x-www-form-urlencoded")
    for origin in (*GAMES, "http://sos.test.", "http://sos.test:81", "http://sos.test@x"):
        sent = [json, cookie, ("X-SOS-Request", "1"), ("Origin", origin)]
        # An empty Origin names no page at all, and no browser sends one.
        refused = origin.strip() != ""
        yield Game(f"origin {origin!r}", "POST", "/graphql", sent, transport.as_json(WHO), refused)
        for page in ("/app/surveys", "/app/keys", "/app/account/sessions"):
            sent = [form, cookie, ("Origin", origin)]
            yield Game(f"form from {origin!r} to {page}", "POST", page, sent, b"title=x", refused)
    for site in ("cross-site", "same-site", "x"):
        sent = [json, cookie, ("X-SOS-Request", "1"), ("Sec-Fetch-Site", site)]
        yield Game(
            f"fetched {site}", "POST", "/graphql", sent, transport.as_json(WHO), refused=True
        )
    sent = [json, cookie]
    yield Game("a cookie alone", "POST", "/graphql", sent, transport.as_json(WHO), refused=True)


def _cookies(stage: Stage) -> Iterator[Game]:
    json, ours = ("Content-Type", transport.JSON), ("X-SOS-Request", "1")
    good = stage.cast.tokens["leader"]
    for text in (
        f"sos_session=x; sos_session={good}",
        f"sos_session={good}; sos_session=x",
        f"sos_session={good}, x",
        f"SOS_SESSION={good}",
        f"__Host-sos_session={good}; sos_session=x",
        f"sos_session ={good}",
        f'sos_session="{good}',
        f"a=b;;sos_session={good}",
    ):
        yield Game(
            f"cookie {text[:24]}",
            "POST",
            "/graphql",
            [json, ours, ("Cookie", text)],
            transport.as_json(WHO),
        )
    twice = [json, ours, ("Cookie", "sos_session=x"), ("Cookie", f"sos_session={good}")]
    yield Game("two cookie headers", "POST", "/graphql", twice, transport.as_json(WHO))
    for first, second in ((good, "x"), ("x", good)):
        both = [json, ("Authorization", f"Bearer {first}"), ("Authorization", f"Bearer {second}")]
        yield Game("two bearers", "POST", "/graphql", both, transport.as_json(WHO))
    types = [("Content-Type", "text/plain"), json]
    yield Game("two types", "POST", "/graphql", types, transport.as_json(WHO))


def _odd(stage: Stage) -> Iterator[Game]:
    bearer = stage.headers("leader").items()
    for name, value in ODD:
        for page in ("/app", "/auth/sign-in"):
            yield Game(
                f"{name}: {value[:20]!r} at {page}",
                "GET",
                page,
                [(name, value), ("Accept", "text/html")],
            )
        headers = [("Content-Type", transport.JSON), (name, value)]
        given = headers if name == "Authorization" else [*headers, *bearer]
        yield Game(f"{name}: {value[:20]!r}", "POST", "/graphql", given, transport.as_json(WHO))
