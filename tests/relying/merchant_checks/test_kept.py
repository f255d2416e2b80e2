"""What is kept of a list: sealed, no longer than it takes to answer it; the holder sees who looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.merchants import (
    CHECKS,
    COMPANY,
    ITEM,
    LI,
    answer_all,
    file_of,
    result,
    said,
    send,
    sent,
    subscription,
)
from tests.support.people import Machine, sign_in
from tests.support.showing import events, row_counts
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.relying.merchant_checks import answer as answering
from wallet.relying.merchant_checks.answer import answer_some
from wallet.relying.merchant_checks.forget import forget_checks
from wallet.relying.merchant_checks.match import match_lines
from wallet.relying.merchant_checks.model import MerchantLine
from wallet.showing.model import LookUp


def everything_kept(deps: Deps) -> bytes:
    """All that the lines of lists hold."""
    return b"".join(
        part if isinstance(part, bytes) else str(part).encode()
        for row in deps.db.rows(select(MerchantLine))
        for part in row
    )


def test_what_is_asked_is_sealed_and_gone_once_it_is_answered(
    deps: Deps, platform: Machine
) -> None:
    sent(platform, [LI | {"ref": "张三的店"}])
    kept = everything_kept(deps)
    assert LI["number"].encode() not in kept
    assert not [word for word in ("李明", "张三的店") if word.encode() in kept]
    assert deps.db.rows(select(MerchantLine.asked_sealed))[0][0]
    answer_all(deps)
    assert [row.asked_sealed for row in deps.db.rows(select(MerchantLine))] == [None]


def test_a_formula_in_what_a_platform_calls_its_line_stays_a_text(
    deps: Deps, platform: Machine
) -> None:
    refs = ["=1+1", "+1", "-1", "@x", "a,b", 'a"b']
    check = sent(platform, [LI | {"ref": ref} for ref in refs])["id"]
    answer_all(deps)
    told = [row["ref"] for row in result(platform, check)]
    assert told == ["'=1+1", "'+1", "'-1", "'@x", "a,b", 'a"b']
    answer = platform.get(f"{CHECKS}/{check}/result?format=ndjson")
    assert b'"=1+1"' in answer.data
    assert "attachment" in answer.headers["Content-Disposition"]


def test_whoever_holds_a_licence_that_was_found_has_it_in_the_history_once_a_list(
    deps: Deps, platform: Machine
) -> None:
    for _ in range(2):
        sent(platform, [LI, LI, COMPANY, LI | {"name": "李四"}])
        answer_all(deps)
    rows = deps.db.rows(select(LookUp).order_by(LookUp.id))
    assert len(rows) == 4
    assert len({row.licence_id for row in rows}) == 2
    assert len({row.look_up for row in rows}) == 4
    assert {(row.kind, row.told_at == row.at) for row in rows} == {("merchant_check", True)}


def test_the_holder_reads_which_platform_looked_and_what_it_learned(
    app: Flask, deps: Deps, platform: Machine
) -> None:
    check = sent(platform, [LI])["id"]
    answer_all(deps)
    li = sign_in(app, "holder-li")
    [entry] = li.get("/api/v1/me/uses?outcome=looked_up").get_json()["items"]
    assert (entry["kind"], entry["unit"]) == ("merchant_check", "草原优选电子商务有限公司（演示）")
    assert (entry["item"], entry["fields"]) == (ITEM, [])
    assert check not in str(entry)
    page = li.get("/wallet/uses").text
    assert "草原优选电子商务有限公司" in page
    assert "平台核对了商户的证照号和名称" in page
    stranger = sign_in(app, "holder-elder").get("/api/v1/me/uses?outcome=looked_up").get_json()
    assert stranger["items"] == []


def test_the_audit_trail_has_ids_alone(deps: Deps, platform: Machine) -> None:
    check = sent(platform, [LI, COMPANY])["id"]
    answer_all(deps)
    result(platform, check)
    told = events(deps, "merchant_check.")
    assert [name.partition(".")[2] for name, _ in told] == [
        "received",
        "answered",
        "finished",
        "read",
    ]
    assert not [word for word in ("李明", LI["number"], COMPANY["name"]) if word in str(told)]
    looked_up = {row.licence_id for row in deps.db.rows(select(LookUp))}
    assert set(told[1][1]["licences"]) == looked_up


def test_a_list_goes_on_where_it_was_killed(
    app: Flask, deps: Deps, platform: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "MERCHANT_CHECK_SLICE", 3)
    check = sent(platform, [LI, COMPANY, LI | {"name": "?"}] * 3 + [COMPANY])["id"]
    now, real = read_clock(), match_lines

    def killed(*arguments: Any) -> Any:
        real(*arguments)
        raise KeyboardInterrupt

    for done in (3, 6, 9, 10):
        monkeypatch.setattr(answering, "match_lines", killed)
        with pytest.raises(KeyboardInterrupt):
            answer_some(deps, now)
        monkeypatch.setattr(answering, "match_lines", real)
        assert answer_some(deps, now)
        assert said(platform, check)["answered"] == done
    assert answer_some(deps, now) == 0
    expected = ["match", "match", "no_match"] * 3 + ["match"]
    assert [row["answer"] for row in result(platform, check)] == expected
    assert len(deps.db.rows(select(LookUp))) == 2


def test_a_list_is_deleted_when_its_time_is_over(deps: Deps, platform: Machine) -> None:
    before = row_counts(deps)
    checks = [sent(platform, [LI, COMPANY])["id"] for _ in range(2)]
    assert forget_checks(deps, read_clock() + timedelta(days=999)) == 0
    answer_all(deps)
    assert subscription(platform, checks[1], "https://example.com/").status_code == 200
    over = read_clock() + timedelta(days=numbers.MERCHANT_CHECK_DAYS)
    assert forget_checks(deps, over - timedelta(minutes=1)) == 0
    assert [forget_checks(deps, over) for _ in range(2)] == [1, 0]
    assert platform.get(f"{CHECKS}/{checks[0]}").status_code == 404
    assert said(platform, checks[1])["state"] == "done"
    ended = read_clock() + timedelta(days=numbers.MERCHANT_SUBSCRIPTION_DAYS)
    assert [forget_checks(deps, ended) for _ in range(2)] == [1, 0]
    after = row_counts(deps)
    grown = {name for name, count in after.items() if count != before[name]}
    assert grown <= {"audit_events", "look_ups", "grant_days", "sessions"}
    assert send(platform, file_of([LI], "ndjson")).status_code == 202
