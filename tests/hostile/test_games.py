"""Hostile tokens, headers, frames, addresses and names of files, a part of those of ``make hostile``."""

from __future__ import annotations

from tests.hostile import headers, paths, tokens
from tests.hostile.served import Stage


def test_tokens_cookies_and_signed_texts_are_nobodys(stage: Stage) -> None:
    report = tokens.run(stage, every=9)
    assert report.wrong == []
    assert len(report.kinds) >= 10
    assert len(set(tokens.cases(stage))) >= 900


def test_headers_origins_and_frames(stage: Stage) -> None:
    report = headers.run(stage, every=7)
    assert report.wrong == []
    assert report.tried >= 80


def test_addresses_and_names_of_files(stage: Stage) -> None:
    report = paths.run(stage, every=25)
    assert report.wrong == []
    assert report.tried >= 100
