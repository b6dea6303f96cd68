"""Games with addresses and names of files: nothing outside is read or written, nobody is led away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from urllib.parse import quote

from starlette.routing import Route

from sos_graphql.nodes import node_id
from tests.access_policy.trying import path_of
from tests.hostile.fingerprint import changed
from tests.hostile.report import Report
from tests.hostile.served import FOREIGN_MARKS, Stage
from tests.hostile.wire import Reply

EVIL = "evil.example"
PARTS = (
    "..",
    "../..",
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fsecret.key",
    "..%2f..%2fsos.db",
    "%252e%252e%252fsos.db",
    "..%5c..%5csecret.key",
    "..\\..\\secret.key",
    "%00",
    "x%00.csv",
    "%c0%ae%c0%ae%c0%afsos.db",
    "%ff%fe",
    "%e2%80%aegpj.exe",
    "CON",
    "nul.csv",
    "x%0d%0aX-Injected:%20yes",
    "%0a%0d",
    "-1",
    "0",
    "9" * 19,
    "9" * 18,
    "0" * 20 + "9" * 30,
    "2147483648",
    "9" * 400,
    "1e9",
    "%D9%A1",
    "1%20",
    "+1",
    "0x1",
    "1.0",
    "1;x",
    "1,2",
    "'%20OR%201=1--",
    "%7B%7B7*7%7D%7D",
    "${7*7}",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "a" * 9000,
    "~root",
    "file:///etc/passwd",
    f"http://{EVIL}/",
    "*",
    "%",
    "%zz",
    "%u002e",
    ".%00.",
    ".git%2fconfig",
    "%EF%BC%8E%EF%BC%8E%EF%BC%8Fsos.db",
    "%F0%9F%92%A9" * 50,
    "None",
)
"""What may stand where a number, a link or a name is expected."""
WHOLE = (
    f"//{EVIL}/",
    f"//{EVIL}/%2f..",
    f"/\\{EVIL}/",
    f"/%5c{EVIL}/",
    f"/{EVIL}//",
    f"/.{EVIL}",
    f"http://{EVIL}/app",
    f"/auth/sign-in?next=//{EVIL}/",
    f"/auth/sign-in?next=/\\{EVIL}",
    f"/auth/sign-in?next=https:{EVIL}",
    f"/auth/sign-in?next=%09//{EVIL}",
    "/auth/sign-in?next=/%0d%0aX-Injected:yes",
    "/../../etc/passwd",
    f"/auth/preferences?next=//{EVIL}",
    "/embed/v1/../../../../etc/passwd",
    "/embed/v1//etc/passwd",
    "//",
    "/%2f",
    "/embed/v1/%2e%2e/%2e%2e/pyproject.toml",
    "/embed/v1/..%252f..%252fpyproject.toml",
    "/./././healthz",
    "/app//",
    "/files/../secret.key",
    "/files/%2e%2e/secret.key",
    "/?" + "a=b&" * 9000,
    "/" + "a/" * 9000,
    "/app?x[]=1&x=%ff",
    "*",
    "x",
    "?",
    "/healthz#x",
    "/healthz%3f",
    "/app/results/1/../../operator",
    "/APP",
    "/app;x=1/operator",
)
"""Whole targets."""
NAMES = (
    "../../../etc/passwd.csv",
    "..\\..\\secret.txt",
    "/etc/passwd.txt",
    "C:\\x.txt",
    "\\\\host\\share\\x.csv",
    "..txt",
    ".txt",
    "a\x00b.txt",
    "x.txt\x00.exe",
    "a\r\nX-Injected: yes.txt",
    "\u202egpj.txt",
    "CON.txt",
    "nul.txt",
    "aux",
    "x" * 5000 + ".txt",
    "a/" * 900 + "x.txt",
    "%2e%2e%2fx.txt",
    "%252e%252e%252fx.txt",
    ".\u3002/x.txt",
    "x.txt.",
    "x.txt ",
    "x.txt::$DATA",
    "x.txt;.exe",
    "<script>.txt",
    "'; DROP TABLE x;--.txt",
    "$(reboot).txt",
    "`id`.txt",
    "|x.txt",
    "-rf.txt",
    "~.txt",
    "\ufeffx.txt",
    "𝒳" * 200 + ".txt",
    "e\u0301" * 200 + ".txt",
    "\ud83d.txt",
    "",
    ".",
    "..",
    "...",
    " ",
    "\t.txt",
    "file:///x.txt",
    "x.TXT",
    "x.tXt",
    "x.txt/",
    "x.txt\\",
    "con.txt/../x.txt",
)
"""Names of files that are sent."""


def run(stage: Stage, *, every: int = 1) -> Report:
    """Play every game, or each ``every``-th one, and return what was wrong."""
    report = Report("games with addresses and names of files")
    stage.cast.enter()
    secret = (stage.cast.application.settings.data_dir / "secret.key").read_bytes()
    before, files = stage.fingerprint(), _files(stage)
    with stage.listening():
        for role, target in list(targets(stage))[::every]:
            report.kinds["address"] += 1
            headers = [*stage.headers(role).items(), ("Accept", "text/html")]
            reply = stage.wire.send("GET", target.encode("utf-8", "surrogatepass"), headers)
            found = complaint(role, reply, secret)
            if found:
                report.wrong.append(f"{role} at {target[:200]!r}: {found}")
        for name in NAMES[::every]:
            report.kinds["name of a file"] += 2
            report.wrong += _uploaded(stage, name)
    report.wrong += [f"table {name} changed" for name in changed(before, stage.fingerprint())]
    report.wrong += [f"file {name} is new or gone" for name in files ^ _files(stage)]
    report.wrong += stage.told()
    return report


def targets(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield roles with addresses: each part of each route in turn, and whole ones."""
    for target in WHOLE:
        yield from (("anonymous", target), ("administrator", target))
    for route in stage.cast.app.routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        for part in re.findall(r"\{[^}]+\}", route.path):
            for odd in (*PARTS, *_foreign(stage)):
                address = route.path.replace(part, "ODD")
                yield "administrator", path_of(stage.cast, address).replace("ODD", odd)


def _foreign(stage: Stage) -> Iterator[str]:
    for kind, number in stage.cast.foreign.items():
        if number not in stage.cast.things.values():
            yield str(number)
        yield node_id(kind, number)


def complaint(role: str, reply: Reply, secret: bytes) -> str | None:
    """Return what is wrong with an answer, None where nothing is."""
    if reply.status >= 500 or reply.status == 0:
        return f"status {reply.status} {reply.body[:200]!r}"
    names = {name.lower() for name, _ in reply.headers}
    place = reply.header("location")
    if "x-injected" in names:
        return "a header was injected"
    if EVIL in place.split("?")[0] or place.startswith(("//", "/\\", "http")):
        return f"led away to {place!r}"
    if secret.strip() in reply.body or b"root:" in reply.body or b"SQLite format 3" in reply.body:
        return "a file of the machine was handed out"
    if any(mark.encode() in reply.body for mark in FOREIGN_MARKS):
        return "another organization's thing was shown"
    if b"<script>alert(1)" in reply.body:
        return "markup was repeated as such"
    return None


def _uploaded(stage: Stage, name: str) -> Iterator[str]:
    """Send a file under a name, in the header and in a form; yield what is wrong."""
    folder = stage.cast.application.settings.uploads_dir
    bearer = list(stage.headers("administrator").items())
    plain = name.encode("utf-8", "surrogatepass")
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\nName\r\n--x--\r\n'
    quoted = plain.replace(b"\r", b"").replace(b"\n", b"").replace(b'"', b"%22")
    for headers, body in (
        ([("X-SOS-File-Name", quote(plain))], b"Name"),
        ([("Content-Type", "multipart/form-data; boundary=x")], form % quoted),
    ):
        reply = stage.wire.send("POST", "/files/uploads", [*bearer, *headers], body)
        if reply.status not in (201, 400, 413):
            yield f"upload {name[:60]!r}: status {reply.status} {reply.body[:200]!r}"
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file() and (
                path.parent.parent != folder or not re.fullmatch(r"[\w ._()-]{1,80}", path.name)
            ):
                yield f"upload {name[:60]!r}: stored as {path}"
        if folder.is_dir():
            shutil.rmtree(folder)


def _files(stage: Stage) -> set[str]:
    data = stage.cast.application.settings.data_dir
    return {
        str(path.relative_to(data))
        for path in data.rglob("*")
        if path.is_file() and not path.name.startswith("sos.db")
    }
