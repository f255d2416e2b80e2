"""A list is taken in whole, in three forms, once for a key; within the grant, its quota and its length."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support.batches import KINDS, csv_of, ndjson_of, xlsx_of
from tests.support.beyond import alerts, beyond, change_grant, grant_ids, unbind
from tests.support.licences import client_of
from tests.support.merchants import (
    CHECKS,
    COMPANY,
    ITEM,
    LI,
    PLATFORM_UNIT,
    answer_all,
    file_of,
    result,
    said,
    send,
    sent,
    subscription,
)
from tests.support.people import Machine, machine
from tests.support.showing import RENEWAL, events, refusal, show, verify
from wallet import numbers
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.base.table_files import Bounds
from wallet.organisations.model import Client
from wallet.relying.merchant_checks import lines
from wallet.relying.merchant_checks.model import MerchantCheck
from wallet.relying.model import ClientGrant, GrantDay

EACH_KIND = pytest.mark.parametrize("kind", ["ndjson", "csv", "xlsx"])
UNREADABLE: Final = "unreadable"


def checks_kept(deps: Deps) -> int:
    """How many lists there are."""
    return int(deps.db.rows(select(func.count()).select_from(MerchantCheck))[0][0])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A list may have five lines."""
    monkeypatch.setattr(numbers, "MERCHANT_CHECK_LINES", 5)
    monkeypatch.setattr(lines, "_BOUNDS", Bounds(6, 1 << 20))
    return iter([5])


@EACH_KIND
def test_a_list_is_answered_line_by_line(deps: Deps, platform: Machine, kind: str) -> None:
    asked = [COMPANY | {"ref": "M-1"}, LI | {"ref": "M-2", "name": "李四"}, LI, {"ref": "M-4"}]
    check = sent(platform, asked, kind)
    assert (check["state"], check["lines"], check["answered"]) == ("waiting", 4, 0)
    assert check["received_at"].endswith("+08:00")
    assert refusal(platform.get(f"{CHECKS}/{check['id']}/result")) == (409, "check_not_done")
    answer_all(deps)
    check = said(platform, check["id"])
    counts = [check[key] for key in ("answered", "match", "no_match", "changed", "unreadable")]
    assert (check["state"], counts) == ("done", [4, 2, 1, 0, 1])
    first = 1 if kind == "ndjson" else 2
    assert [list(row.values()) for row in result(platform, check["id"])] == [
        [str(first), "M-1", "match", ""],
        [str(first + 1), "M-2", "no_match", ""],
        [str(first + 2), "", "match", ""],
        [str(first + 3), "M-4", UNREADABLE, "line_form"],
    ]
    answer = platform.get(f"{CHECKS}/{check['id']}/result?format=ndjson")
    assert [json.loads(line)["ref"] for line in answer.data.splitlines()] == [
        "M-1",
        "M-2",
        None,
        "M-4",
    ]


def test_what_cannot_be_read_is_told_by_its_line_and_repeats_nothing(
    deps: Deps, platform: Machine
) -> None:
    bad: list[Any] = [
        {"number": "JY1"}, {"name": "李明"}, LI | {"identifier": "1.2"}, {}, [], 7, None, "李明",
        LI | {"ref": "x" * 65}, LI | {"ref": "a\u202eb"}, LI | {"other": 1}, {"identifier": 3},
        LI | {"number": "J\x00Y"},
    ]  # fmt: skip
    file = ndjson_of(bad) + b"{\xff}\n{" + b'"a":' * 99 + b"\n"
    check = send(platform, file).get_json()["id"]
    answer_all(deps)
    rows = result(platform, check)
    assert {(row["answer"], row["error"], row["ref"]) for row in rows} == {
        (UNREADABLE, "line_form", "")
    }
    assert len(rows) == len(bad) + 2


def test_numbers_and_formulas_of_a_spreadsheet_are_not_guessed(
    deps: Deps, platform: Machine
) -> None:
    rows: list[list[Any]] = [
        [92150602000000001, "李明", "a"],
        ["=1+1", "李明", "b"],
        ["J1", "李明", "c", "more"],
    ]
    check = send(platform, xlsx_of(rows, ["number", "name", "ref"]), "xlsx").get_json()["id"]
    answer_all(deps)
    told = [(row["ref"], row["answer"], row["error"]) for row in result(platform, check)]
    assert told == [("a", UNREADABLE, "number_cell"), ("b", UNREADABLE, "formula_cell"),
                    ("", UNREADABLE, "line_columns")]  # fmt: skip


@pytest.mark.parametrize(
    "file",
    [
        csv_of([["x"]], ["证照编号"]),
        csv_of([["x", "y"]], ["证照标识", "电话"]),
        csv_of([["x", "y"]], ["证照标识", "identifier"]),
        csv_of([["x"]], [""]),
    ],
)
def test_a_header_must_say_what_is_asked_and_nothing_else(
    deps: Deps, platform: Machine, file: bytes
) -> None:
    assert refusal(send(platform, file, "csv")) == (422, "list_columns")
    assert checks_kept(deps) == 0


@EACH_KIND
def test_the_longest_list_is_taken_and_a_longer_one_is_not(
    deps: Deps, platform: Machine, few: int, kind: str
) -> None:
    assert sent(platform, [LI] * 5, kind)["lines"] == 5
    assert refusal(send(platform, file_of([LI] * 6, kind), kind)) == (422, "too_many_lines")
    assert refusal(send(platform, file_of([], kind), kind)) == (422, "list_empty")
    assert checks_kept(deps) == 1


def test_what_is_no_file_of_its_kind_is_refused(deps: Deps, platform: Machine) -> None:
    assert refusal(send(platform, b"PK\x03\x04", "xlsx")) == (422, "batch_unreadable")
    answer = platform.post(f"{CHECKS}?item={ITEM}", {}, key="k")
    assert answer.status_code == 415
    for header, value, status in (
        ("Content-Encoding", "gzip", 415),
        ("Transfer-Encoding", "chunked", 411),
    ):
        more = {"Idempotency-Key": "k", "Content-Type": KINDS["csv"], header: value}
        sent_in = platform.http.post(
            f"{CHECKS}?item={ITEM}", data=b"x", headers=platform.headers | more
        )
        assert sent_in.status_code == status
    without_key = platform.http.post(
        f"{CHECKS}?item={ITEM}", data=b"x", content_type=KINDS["csv"], headers=platform.headers
    )
    assert without_key.status_code == 422
    too_long = b" " * (numbers.MERCHANT_CHECK_BODY_MAX + 1)
    assert send(platform, too_long).status_code == 413
    for since in ("2999-01-01", "0001-01-01", "1949-09-30"):
        assert send(platform, file_of([LI], "ndjson"), since=since).status_code == 422
    assert checks_kept(deps) == 0


def test_a_key_is_one_list(deps: Deps, platform: Machine) -> None:
    file = file_of([LI], "ndjson")
    change_grant(deps, ITEM, quota_per_day=1)
    first = send(platform, file, key="a")
    again = send(platform, file, key="a")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json()["id"] == again.get_json()["id"]
    for query in ({"type": "food-operation-permit"}, {"since": "2026-01-01"}):
        assert refusal(send(platform, file, key="a", **query)) == (409, "idempotency_key_reused")
    assert refusal(send(platform, file * 2, key="a")) == (409, "idempotency_key_reused")
    assert checks_kept(deps) == 1


def test_the_last_line_of_the_quota_is_taken_and_the_next_is_not(
    deps: Deps, platform: Machine
) -> None:
    change_grant(deps, ITEM, quota_per_day=3)
    sent(platform, [LI] * 2)
    assert "今天" in beyond(send(platform, file_of([LI] * 2, "ndjson")))
    sent(platform, [LI])
    assert {row.judged for row in deps.db.rows(select(GrantDay))} == {3}
    assert [(row.item, row.cause, row.times) for row in alerts(deps)] == [(ITEM, "quota", 1)]
    assert checks_kept(deps) == 2


def test_without_a_quota_there_is_a_number_of_lines_a_day(
    deps: Deps, platform: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "MERCHANT_LINES_PER_DAY", 3)
    sent(platform, [LI] * 3)
    assert "今天" in beyond(send(platform, file_of([LI], "ndjson")))


def test_beyond_the_grant_nothing_is_read_and_it_is_alerted_once(
    app: Flask, deps: Deps, platform: Machine
) -> None:
    file = b"not a list"
    for item in (RENEWAL, "no-such-item"):
        assert "登记" in beyond(send(platform, file, item=item))
    assert "登记" in beyond(send(platform, file, type="driving-licence"))
    change_grant(deps, ITEM, suspended_at=read_clock())
    for _ in range(3):
        assert "暂停" in beyond(send(platform, file))
    causes = [(row.item, row.cause, row.times) for row in alerts(deps)]
    assert causes == [
        (RENEWAL, "item", 1),
        ("", "item", 1),
        (ITEM, "type", 1),
        (ITEM, "suspended", 3),
    ]
    refused = [fields["cause"] for name, fields in events(deps) if name.endswith("beyond_grant")]
    assert refused == ["item", "item", "type", *["suspended"] * 3]
    assert checks_kept(deps) == 0


def test_a_grant_that_is_suspended_stops_a_list_and_keeps_its_result_closed(
    deps: Deps, platform: Machine
) -> None:
    check = sent(platform, [LI])["id"]
    change_grant(deps, ITEM, suspended_at=read_clock())
    answer_all(deps)
    assert said(platform, check)["state"] == "stopped"
    assert "暂停" in beyond(platform.get(f"{CHECKS}/{check}/result"))
    assert "暂停" in beyond(subscription(platform, check, "https://example.com/"))
    change_grant(deps, ITEM, suspended_at=None)
    assert [row["answer"] for row in result(platform, check)] == ["unanswered"]
    assert refusal(subscription(platform, check, "https://example.com/")) == (409, "check_stopped")


def test_a_client_that_has_ended_is_answered_no_more(deps: Deps, platform: Machine) -> None:
    check = sent(platform, [LI])["id"]
    with deps.db.begin() as tx:
        ended = update(Client).where(Client.client_id == "demo-platform")
        tx.execute(ended.values(disabled_at=read_clock()))
    answer_all(deps)
    rows = deps.db.rows(select(MerchantCheck.state).where(MerchantCheck.public_id == check))
    assert [row.state for row in rows] == ["stopped"]


def test_a_type_whose_grant_ends_is_looked_for_no_more(deps: Deps, platform: Machine) -> None:
    check = sent(platform, [COMPANY, LI])["id"]
    yesterday = local_day(read_clock()).replace(year=2025)
    change_grant(deps, ITEM, "business-licence", ends_on=yesterday)
    answer_all(deps)
    assert [row["answer"] for row in result(platform, check)] == ["no_match", "match"]


def test_another_platforms_list_is_not_found(app: Flask, deps: Deps, platform: Machine) -> None:
    check = sent(platform, [LI])["id"]
    stranger = client_of(app, "91150600MADEM0409T", "platform")
    path = f"{CHECKS}/{check}"
    for answer in (
        stranger.get(path),
        stranger.get(f"{path}/result"),
        stranger.put(f"{path}/subscription", {"webhook": "https://example.com/"}),
        stranger.delete(f"{path}/subscription"),
    ):
        assert answer.status_code == 404
    sister = client_of(app, PLATFORM_UNIT, "platform")
    answer_all(deps)
    assert sister.get(path).status_code == 200
    assert "登记" in beyond(sister.get(f"{path}/result"))


def test_no_code_is_judged_for_an_item_of_lists_and_no_list_for_one_of_codes(
    app: Flask, deps: Deps, platform: Machine, li: Any
) -> None:
    both = client_of(app, PLATFORM_UNIT, "platform", "relying")
    account = both.get("/api/v1/me").get_json()["account"]
    with deps.db.begin() as tx:
        for grant in grant_ids(deps, ITEM):
            tx.execute(
                ClientGrant.__table__.insert(),  # type: ignore[attr-defined]
                {"client_id": int(account.partition(":")[2]), "grant_id": grant},
            )
    assert both.get("/api/v1/me").get_json()["items"] == []
    body = {"code": show(li)["text"], "item": ITEM, "terminal": "1"}
    beyond(both.post("/api/v1/verifications", body))
    hall = machine(app, deps.config.data, "relying")
    assert verify(hall, show(li)["text"], terminal="1")["verdict"] == "accepted"
    assert send(both, file_of([LI], "ndjson")).status_code == 202
    unbind(deps, ITEM)
    beyond(send(platform, file_of([LI], "ndjson")))
