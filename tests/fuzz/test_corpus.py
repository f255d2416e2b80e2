"""What the fuzzer kept, and what it starts from, is stood by the readers in every run of the tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.fuzz import target
from verify.codes import read
from verify.verdict import Refused

CORPUS: Final = sorted((Path(__file__).parent / "corpus").iterdir())
GOOD: Final = b"\0" + target.GOOD[0].encode()


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_an_input_of_the_corpus_is_stood(path: Path) -> None:
    target.run(path.read_bytes())


def test_every_seed_is_stood_and_every_way_has_one() -> None:
    seeds = list(target.seeds())
    for data in seeds:
        target.run(data)
    assert {data[0] for data in seeds} == set(range(len(target.WAYS)))


def test_no_input_is_too_short_for_its_way() -> None:
    target.run(b"")
    for way in range(len(target.WAYS)):
        for rest in (b"", b"\0", b"\xff\xff"):
            target.run(bytes([way]) + rest)


def test_a_reader_that_gives_another_identity_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(*given: Any) -> Any:
        return replace(read(*given), jti="another")

    target.run(GOOD)
    monkeypatch.setattr(target, "read", forgetful)
    with pytest.raises(AssertionError):
        target.run(GOOD)


def test_a_check_that_does_not_agree_with_the_reader_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_given: Any) -> Any:
        raise Refused("expired")

    monkeypatch.setattr(target, "read", never)
    with pytest.raises(AssertionError):
        target.run(GOOD)


def test_another_error_of_a_reader_goes_through_to_the_fuzzer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_given: Any) -> Any:
        raise UnicodeError

    monkeypatch.setattr(target, "read", broken)
    with pytest.raises(UnicodeError):
        target.run(GOOD)
