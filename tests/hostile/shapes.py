"""Documents of hostile shapes: deep, wide, circular, doubled, and almost valid ones."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

Shape = Callable[[random.Random], str]
WORDS = (
    "{",
    "}",
    "(",
    ")",
    ":",
    "$",
    "!",
    "...",
    "on",
    "query",
    "mutation",
    "@skip",
    "[",
    "]",
    "viewer",
    "name",
    "units",
    "first",
    "1",
    '"',
    '"""',
    "#",
    "\\",
    "\x00",
    "é",
    "\ud83d",
    "&",
    "fragment",
    "f",
    "survey",
    "id",
    "-1e999",
    "null",
    "99999999999999999999",
    "@",
    "=",
    "|",
    "extend",
    "type",
    "input",
    "schema",
    "subscription",
    "0x1",
    "00",
    "1.",
    ".5",
    "\ufeff",
    "\u2028",
    "__schema",
    "true",
)
TOKEN = re.compile(r'"[^"]*"|\.\.\.|\w+|[^\s\w]')


def _many(chance: random.Random) -> int:
    return chance.choice((2, 15, 16, 50, 400, 401, 1400))


def deep(chance: random.Random) -> str:
    """Return selections in selections."""
    depth, name = chance.choice((9, 10, 11, 60, 700)), chance.choice(("viewer", "node", "units"))
    return f"{{ {name} " * depth + "}" * depth


def deep_list(chance: random.Random) -> str:
    """Return lists in lists as an argument."""
    depth = chance.choice((5, 60, 700))
    return f"{{ node(id: {'[' * depth}{']' * depth}) {{ id }} }}"


def deep_object(chance: random.Random) -> str:
    """Return objects in objects as an argument."""
    depth = chance.choice((5, 60, 400))
    return f"{{ retention(trying: {'{a: ' * depth}1{'}' * depth}) {{ __typename }} }}"


def deep_type(chance: random.Random) -> str:
    """Return a variable whose type is a list of lists."""
    depth = chance.choice((2, 60, 700))
    return f"query ($v: {'[' * depth}ID{']' * depth}) {{ node(id: $v) {{ id }} }}"


def deep_inline(chance: random.Random) -> str:
    """Return inline fragments in inline fragments."""
    depth = chance.choice((11, 100, 480))
    return "{ " + "... on Query { " * depth + "viewer { name }" + " }" * (depth + 1)


def wide(chance: random.Random) -> str:
    """Return the same field many times."""
    return f"{{ viewer {{ {'name ' * _many(chance)} }} }}"


def aliases(chance: random.Random) -> str:
    """Return the same field under many names."""
    return f"{{ {' '.join(f'x{n}: viewer {{ kind }}' for n in range(_many(chance) % 500))} }}"


def many_operations(chance: random.Random) -> str:
    """Return many operations, named alike or not at all."""
    name = chance.choice(("Q", ""))
    return " ".join(f"query {name} {{ viewer {{ kind }} }}" for _ in range(_many(chance) % 300))


def many_variables(chance: random.Random) -> str:
    """Return many variables, used or not, or one twice."""
    names = [f"$v{chance.choice((n, 0))}: ID = null" for n in range(_many(chance) % 300)] or [
        "$v: ID"
    ]
    return f"query ({', '.join(names)}) {{ node(id: $v1) {{ id }} }}"


def many_arguments(chance: random.Random) -> str:
    """Return one argument many times."""
    return f"{{ units({'first: 1, ' * (_many(chance) % 400)} first: 1) {{ totalCount }} }}"


def cycle(chance: random.Random) -> str:
    """Return fragments that use each other in a circle."""
    length = chance.choice((1, 2, 3, 30))
    parts = (
        f"fragment f{n} on Query {{ viewer {{ kind }} ...f{(n + 1) % length} }}"
        for n in range(length)
    )
    return f"{{ ...f0 }} {' '.join(parts)}"


def chain(chance: random.Random) -> str:
    """Return fragments each of which uses the next one twice."""
    length = chance.choice((3, 8, 30, 120))
    parts = [f"fragment f{n} on Viewer {{ ...f{n + 1} ...f{n + 1} }}" for n in range(length)]
    return f"{{ viewer {{ ...f0 }} }} {' '.join(parts)} fragment f{length} on Viewer {{ kind }}"


def directives(chance: random.Random) -> str:
    """Return directives in numbers, in the wrong place, unknown ones, and with odd arguments."""
    one = chance.choice(
        (
            "@skip(if: false)",
            "@include(if: $v)",
            "@skip",
            "@defer",
            "@stream(initialCount: 1)",
            "@deprecated",
            "@oneOf",
            '@specifiedBy(url: "x")',
            "@x(a: {b: [$v]})",
            "@skip(if: 1)",
        )
    )
    many = one * chance.choice((1, 2, 20, 21, 300))
    return chance.choice(
        (
            f"query ($v: Boolean! = true) {{ viewer {many} {{ kind }} }}",
            f"query {many} {{ viewer {{ kind }} }}",
            f"query ($v: Boolean! = true {many}) {{ viewer {{ kind }} }}",
            f"{{ ... {many} {{ viewer {{ kind }} }} }}",
        )
    )


def introspection(chance: random.Random) -> str:
    """Return introspection that goes round in circles."""
    depth = chance.choice((1, 3, 12))
    below = "fields { type { " * depth + "name" + " } }" * depth
    return chance.choice(
        (f"{{ __schema {{ types {{ {below} }} }} }}", f'{{ __type(name: "Query") {{ {below} }} }}')
    )


def definitions(chance: random.Random) -> str:
    """Return definitions of types, which no request may bring."""
    return chance.choice(
        (
            "type Query { x: Int }",
            "extend type Query { x: Int } { viewer { kind } }",
            "scalar Date",
            "schema { query: Query }",
            "directive @x on FIELD { viewer { kind } }",
            "enum E { A } { __typename }",
        )
    )


def conflicts(chance: random.Random) -> str:
    """Return fields that cannot be merged, many of them."""
    many = chance.choice((2, 15, 100))
    return f"{{ {' '.join(f'x: units(first: {n + 1}) {{ totalCount }}' for n in range(many))} }}"


def texts(chance: random.Random) -> str:
    """Return strings that are hard to read: escapes, blocks, surrogates, controls."""
    odd = chance.choice(
        (
            r'"\ud83d"',
            r'"\u{110000}"',
            r'"\u{0}"',
            r'"\x41"',
            '"a\nb"',
            '"""\\""" x"""',
            '"\x07"',
            '"\ufeff"',
            r'"\ud83d\ude00"',
            '"""' + "x\n" * 300 + '"""',
            '"' + "\\" * 301 + '"',
            '""""',
            r'"\u00zz"',
            '"\u2028"',
        )
    )
    return f"{{ node(id: {odd}) {{ id }} }}"


def numbers(chance: random.Random) -> str:
    """Return numbers that no integer holds."""
    odd = chance.choice(
        ("9" * 5000, "1e400", "-0", "1e-9", "2147483648", "-2147483649", "1.0", "0x10", "01")
    )
    return f"{{ units(first: {odd}) {{ totalCount }} }}"


def empty(chance: random.Random) -> str:
    """Return documents that ask nothing."""
    return chance.choice(
        ("", " ", "#", "{}", "{ }", "query", "query Q", ",,,", "\ufeff", "null", "()", "{viewer}")
    )


def noise(chance: random.Random) -> str:
    """Return words in any order."""
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 25)))


SHAPES: Mapping[str, Shape] = {
    shape.__name__: shape
    for shape in (
        deep,
        deep_list,
        deep_object,
        deep_type,
        deep_inline,
        wide,
        aliases,
        many_operations,
        many_variables,
        many_arguments,
        cycle,
        chain,
        directives,
        introspection,
        definitions,
        conflicts,
        texts,
        numbers,
        empty,
        noise,
    )
}


def almost(chance: random.Random, text: str) -> str:
    """Return a document with one to three of its words dropped, doubled, exchanged or replaced."""
    tokens = TOKEN.findall(text)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(tokens)) if tokens else 0
        lot = chance.randrange(6)
        if lot == 0 and tokens:
            del tokens[place]
        elif lot == 1 and tokens:
            tokens.insert(place, tokens[place])
        elif lot == 2 and tokens:
            other = chance.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        elif lot == 3 and tokens:
            tokens[place] += chance.choice(("x", "_", "1", "Ω"))
        else:
            tokens.insert(place, chance.choice(WORDS))
    return " ".join(tokens)
