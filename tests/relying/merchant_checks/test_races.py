"""Lists that come at once, and workers at one list: exactly as one after the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.beyond import alerts, change_grant
from tests.support.merchants import COMPANY, ITEM, LI, file_of, result, said, send, sent
from tests.support.people import Machine
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.relying.merchant_checks.answer import answer_some
from wallet.relying.merchant_checks.model import MerchantCheck, MerchantLine
from wallet.relying.model import GrantDay
from wallet.showing.model import LookUp

AT_ONCE: Final = 6


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What several threads get."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(work, range(AT_ONCE)))


def other(app: Flask, platform: Machine) -> Machine:
    """The same client over a connection of its own."""
    return Machine(app, platform.headers["Authorization"].removeprefix("Bearer "))


def test_a_quota_is_exact_however_many_lists_come_at_once(
    app: Flask, deps: Deps, platform: Machine
) -> None:
    change_grant(deps, ITEM, quota_per_day=7)
    file = file_of([LI, LI], "ndjson")
    answers = at_once(lambda _at: send(other(app, platform), file).status_code)
    assert sorted(answers) == [202] * 3 + [403] * 3
    assert {row.judged for row in deps.db.rows(select(GrantDay))} == {6}
    assert [(row.cause, row.times) for row in alerts(deps)] == [("quota", 3)]


def test_a_key_that_comes_at_once_is_one_list_and_counts_once(
    app: Flask, deps: Deps, platform: Machine
) -> None:
    change_grant(deps, ITEM, quota_per_day=2)
    file = file_of([LI, LI], "ndjson")
    answers = at_once(lambda _at: send(other(app, platform), file, key="same"))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    kept = [select(func.count()).select_from(table) for table in (MerchantCheck, MerchantLine)]
    assert [deps.db.rows(query)[0][0] for query in kept] == [1, 2]


def test_workers_at_the_same_lists_answer_each_line_once(
    deps: Deps, platform: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "MERCHANT_CHECK_SLICE", 4)
    lines = [LI, COMPANY, LI | {"name": "?"}] * 10
    checks = [sent(platform, lines)["id"] for _ in range(2)]

    def worker(_at: int) -> int:
        done = 0
        while answered := answer_some(deps, read_clock()):
            done += answered
        return done

    assert sum(at_once(worker)) + worker(0) == 2 * len(lines)
    for check in checks:
        told = said(platform, check)
        assert (told["state"], told["match"], told["no_match"]) == ("done", 20, 10)
        expected = ["match", "match", "no_match"] * 10
        assert [row["answer"] for row in result(platform, check)] == expected
    assert len(deps.db.rows(select(LookUp))) == 4
