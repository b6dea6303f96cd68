"""How a document travels: as it should, by GET, as a batch, under a wrong type, or in broken bytes."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.hostile.documents import Asked
from tests.hostile.values import Values

JSON = "application/json"
ACCEPTS = (
    "application/json",
    "application/graphql-response+json",
    "*/*",
    "text/html",
    "",
    "x",
    ";;q=,",
    "application/json;q=nan",
    "multipart/mixed; deferSpec=20220824",
    "text/event-stream",
)
RAW_NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e999",
    "9" * 5000,
    "1.0",
    "-0",
    "0x1",
    "01",
    "1_0",
)
RAW_TEXTS = (
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0000"',
    '"\\x"',
    '"\x01"',
    "'x'",
    '"a\nb"',
    '"\\uD83D\\uDE00"',
)
RAW_OTHERS = (
    "undefined",
    "{",
    "[",
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1}}',
    "[" * 3000,
    '{"a":' * 3000,
    "",
)
PLACEHOLDER = "raw value here"


@dataclass
class Request:
    """One HTTP request; ``executable`` tells whether its document may be executed at all."""

    method: str
    target: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    way: str = "post"
    executable: bool = True
    faithful: bool = True
    """Whether it says what its document was written to say, so that its answer can be judged by it."""
    changes: frozenset[str] = frozenset()


def envelope(asked: Asked) -> dict[str, Any]:
    """Return the JSON object that carries a document."""
    return {"query": asked.text, "variables": asked.variables}


def as_json(body: object) -> bytes:
    """Return JSON in which lone surrogates are escaped, as a hostile client sends them."""
    return json.dumps(body).encode()


def posted(body: bytes, way: str = "post", *, media_type: str = JSON, **more: Any) -> Request:
    """Return a body that is posted."""
    headers = [("Content-Type", media_type)] if media_type else []
    return Request("POST", "/graphql", headers, body, way, **more)


def plainly(chance: random.Random, asked: Asked) -> Request:
    """Return the request that a good client sends."""
    made = posted(as_json(envelope(asked)))
    made.headers.append(("Accept", chance.choice(ACCEPTS[:3])))
    return made


def by_get(chance: random.Random, asked: Asked) -> Request:
    """Return the document in an address; changes must not come that way."""
    pairs = {"query": asked.text, "variables": json.dumps(asked.variables)}
    if chance.random() < 0.3:
        pairs[chance.choice(("operationName", "extensions", "variables", "query"))] = chance.choice(
            ("", "{", "[]", "null", "Q", "\x00", "%", '{"a":')
        )
    target = "/graphql?" + urlencode(pairs, errors="surrogatepass")
    too_long = len(target) > 60_000
    return Request(
        "GET",
        target,
        [("Accept", chance.choice(ACCEPTS))],
        way="get",
        executable=not (asked.changes or too_long),
    )


def batched(chance: random.Random, asked: Asked) -> Request:
    """Return several documents in one request, which is never taken."""
    many = chance.choice((1, 2, 20))
    return posted(as_json([envelope(asked)] * many), "batch", executable=False)


def mistyped(chance: random.Random, asked: Asked) -> Request:
    """Return a document in a body of another type, as forms of foreign sites can send it."""
    lot = chance.randrange(5)
    if lot == 0:
        body = urlencode(envelope(asked), errors="surrogatepass").encode()
        return posted(
            body, "form", media_type="application/x-www-form-urlencoded", executable=False
        )
    if lot == 1:
        mark = "--x\r\nContent-Disposition: form-data; name="
        sent = json.dumps(envelope(asked))
        parts = f'{mark}"operations"\r\n\r\n{sent}\r\n{mark}"map"\r\n\r\n{{}}\r\n--x--\r\n'
        return posted(
            parts.encode(),
            "multipart",
            media_type="multipart/form-data; boundary=x",
            executable=False,
        )
    if lot == 2:
        return posted(as_json(envelope(asked)), "unnamed type", media_type="", executable=False)
    if lot == 3:
        text = asked.text.encode("utf-8", "surrogatepass")
        return posted(text, "text as such", media_type="application/graphql", executable=False)
    media_type = chance.choice(
        ("text/plain", "text/plain; application/json", "x", "application/xml", "json")
    )
    return posted(as_json(envelope(asked)), "plain text", media_type=media_type, executable=False)


def with_other_charset(chance: random.Random, asked: Asked) -> Request:
    """Return a body in another encoding, or packed."""
    body = as_json(envelope(asked))
    charset = chance.choice(("utf-16", "utf-32", "utf-7", "latin-1", "nonsense"))
    coded = body.decode().encode("utf-16") if charset == "utf-16" else body
    made = posted(coded, "charset", media_type=f"{JSON}; charset={charset}")
    if chance.random() < 0.4:
        made.headers.append(("Content-Encoding", "gzip"))
        made.body, made.way = gzip.compress(body, mtime=0), "packed"
    return made


def with_broken_bytes(chance: random.Random, asked: Asked) -> Request:
    """Return a body some bytes of which were changed, cut out or put in."""
    body = bytearray(as_json(envelope(asked)))
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(body)) if body else 0
        lot = chance.randrange(5)
        if lot == 0 and body:
            body[place] ^= 1 << chance.randrange(8)
        elif lot == 1 and body:
            del body[place : place + chance.randint(1, 20)]
        elif lot == 2:
            body[place:place] = chance.randbytes(chance.randint(1, 8))
        elif lot == 3:
            body[place:place] = body[: chance.randint(1, 40)]
        else:
            body[place:] = b"" if chance.random() < 0.5 else body[place:] + b"\xff"
    return posted(bytes(body), "bytes", faithful=False)


def with_raw_values(chance: random.Random, asked: Asked) -> Request:
    """Return variables with what JSON has no word for, or what nobody can hold."""
    variables = dict(asked.variables)
    name = chance.choice([*variables, "v0", "more"])
    variables[name] = PLACEHOLDER
    raw = chance.choice((*RAW_NUMBERS, *RAW_TEXTS, *RAW_OTHERS))
    body = json.dumps({"query": asked.text, "variables": variables})
    return posted(
        body.replace(f'"{PLACEHOLDER}"', raw).encode("utf-8", "surrogatepass"), "raw values"
    )


def with_other_variables(chance: random.Random, asked: Asked, values: Values) -> Request:
    """Return variables of other types than the document says, too many or too few."""
    variables: Any = dict(asked.variables)
    for name in [*variables, "more"]:
        if chance.random() < 0.5:
            variables[name] = values.anything()
    if chance.random() < 0.1:
        variables = values.anything()
    return posted(as_json({"query": asked.text, "variables": variables}), "other variables")


def with_other_envelope(chance: random.Random, asked: Asked, values: Values) -> Request:
    """Return an envelope with parts that are missing, of other types, or that nobody knows."""
    body: dict[str, Any] = envelope(asked)
    for name in (
        "operationName",
        "extensions",
        "variables",
        "query",
        "id",
        "documentId",
        "__proto__",
    ):
        if chance.random() < 0.3:
            body[name] = values.anything()
    if chance.random() < 0.4:
        digest: Any = chance.choice(("0" * 64, "x", "", 7, None, [], {"a": 1}, "\x00", "A" * 5000))
        body["extensions"] = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        if chance.random() < 0.6:
            body.pop("query")
    return posted(as_json(body), "envelope")


def by_other_method(chance: random.Random, asked: Asked) -> Request:
    """Return the document under a method that is not for it."""
    method = chance.choice(
        ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO", "get", "M-SEARCH")
    )
    made = posted(as_json(envelope(asked)), f"method {method}", executable=False)
    made.method = method
    return made


def elsewhere(chance: random.Random, asked: Asked) -> Request:
    """Return the document at an address that only looks like the right one."""
    made = posted(as_json(envelope(asked)), "elsewhere", executable=False)
    made.target = chance.choice(
        (
            "/graphql/",
            "/graphql/x",
            "//graphql",
            "/GraphQL",
            "/graphql%2f",
            "/graphql;x",
            "/./graphql/.",
            "/graphql%00",
            "/embed/../graphql/..",
            "/graphql/../healthz",
            "/graphql" + quote("?query={a}"),
        )
    )
    return made


GENTLE: Sequence[Any] = (by_get, batched, mistyped, by_other_method, elsewhere)
"""Ways that never change what a document says."""
ROUGH: Sequence[Any] = (with_broken_bytes, with_raw_values, with_other_charset)
