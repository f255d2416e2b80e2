"""After every use the holders are told who, when, for which matter and which fields; so are channels."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from tests.support.clock import Clock
from tests.support.consent import BANK, BANK_ACCOUNT, answer, asked
from tests.support.judgements import finding, judgement
from tests.support.licences import food_licence, issue, person
from tests.support.people import Visitor, machine
from tests.support.showing import (
    FOOD,
    SENIOR,
    counted_statements,
    created,
    instant,
    open_code,
    show,
    verify,
    withdraw,
)
from wallet.base.deps import Deps
from wallet.base.outbox import OutboxMessage
from wallet.queue.fan_out import fan_out
from wallet.showing.model import Verification
from wallet.showing.notices import tell_of_uses
from wallet.worker import work_once

HALL = "东胜区政务服务大厅（演示）"
FIELDS = ["许可证编号", "经营者名称", "经营场所", "经营项目"]


def news(holder: Visitor, deps: Deps, clock: Clock) -> list[dict[str, Any]]:
    """What the inbox tells of uses, newest first, once the worker has done its round."""
    while tell_of_uses(deps, clock.now):
        pass
    while fan_out(deps, clock.now):
        pass
    items = holder.get("/api/v1/me/inbox?limit=200").get_json()["items"]
    return [item for item in items if "use" in item]


def test_the_holder_is_told_of_a_use_with_all_of_it(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    verdict = verify(zhao, show(li)["text"])
    clock.advance(2)
    (told,) = news(li, deps, clock)
    assert (told["act"], told["read_at"]) == ("used", None)
    assert instant(told["delivered_at"]) == clock.now
    assert told["type"]["code"] == FOOD
    assert told["use"] == {
        "at": verdict["checked_at"],
        "unit": HALL,
        "terminal": "3 号窗口",
        "item": "食品经营许可证延续",
        "item_en": "Food permit renewal",
        "fields": FIELDS,
        "fields_en": ["Permit number", "Operator", "Business premises", "Permitted items"],
        "outcome": "accepted",
        "reason": "ok",
        "shown_by": "holder",
        "offline": False,
        "evidence": None,
        "acts": [],
    }
    assert news(li, deps, clock) == [told]


def test_a_question_is_told_of_however_it_ended_and_not_before(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    ends: list[tuple[str, str, str]] = []
    for allow in (True, False, None, "back"):
        code, _ = asked(li, bank)
        assert len(news(li, deps, clock)) == len(ends)
        clock.advance(10)
        if allow == "back":
            withdraw(li, code)
        elif allow is not None:
            answer(li, code, allow)
        else:
            clock.advance(80)
            work_once(deps, clock.now)
        (told, *_) = news(li, deps, clock)
        assert told["use"]["unit"] == BANK
        assert told["use"]["fields"] == ["许可证编号", "经营者名称", "经营项目"]
        ends.append((told["act"], told["use"]["outcome"], told["use"]["reason"]))
    assert ends == [
        ("used", "accepted", "ok"),
        ("asked", "refused", "consent_refused"),
        ("asked", "refused", "consent_expired"),
        ("asked", "refused", "withdrawn"),
    ]


def test_the_grantor_is_told_what_a_delegate_has_shown_and_the_delegate_is_not(
    granddaughter: Visitor, elder: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(granddaughter, SENIOR, role="delegate")
    assert verify(zhao, code["text"], "senior-allowance")["verdict"] == "accepted"
    (told,) = news(elder, deps, clock)
    assert (told["act"], told["use"]["shown_by"]) == ("used", "delegate")
    assert news(granddaughter, deps, clock) == []


def test_everybody_who_holds_a_licence_together_is_told(
    app: Flask, li: Visitor, elder: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    data = deps.config.data
    holders = [person(data), person(data, "holder-elder")]
    issued = issue(machine(app, data, "issuer"), food_licence(data, holders=holders))
    code = created(open_code(li, issued["identifier"]))
    assert verify(zhao, code["text"])["verdict"] == "accepted"
    (mine,), (hers,) = news(li, deps, clock), news(elder, deps, clock)
    assert hers["use"] == mine["use"]
    assert hers["licence"] == issued["identifier"]


def test_a_use_that_is_told_later_is_told_with_its_own_time(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code, judged_at = show(li), clock.now
    clock.advance(600)
    finding(zhao, judgement(code["text"], judged_at))
    (told,) = news(li, deps, clock)
    assert (instant(told["use"]["at"]), told["use"]["offline"]) == (judged_at, True)
    assert (told["act"], told["use"]["fields"]) == ("used", [])


def test_a_use_that_the_library_found_against_is_told_too(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock
) -> None:
    finding(bank, judgement(show(li)["text"], clock.now, item=BANK_ACCOUNT))
    (told,) = news(li, deps, clock)
    assert (told["act"], told["use"]["outcome"], told["use"]["offline"]) == (
        "used", "accepted", True,
    )  # fmt: skip


def test_what_gave_nothing_and_asked_for_nothing_is_in_the_history_alone(
    li: Visitor, zhao: Visitor, qian: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    withdraw(li, code)
    verify(zhao, code["text"])
    verify(qian, "not a code")
    assert news(li, deps, clock) == []
    assert len(li.get("/api/v1/me/uses").get_json()["items"]) == 1
    with deps.db.read() as tx:
        untold = select(func.count()).where(Verification.told_at.is_(None))
        assert tx.execute(untold).scalar_one() == 0


def test_a_repeated_scan_is_told_once(li: Visitor, zhao: Visitor, deps: Deps, clock: Clock) -> None:
    code = show(li)
    for _ in range(3):
        verify(zhao, code["text"])
    assert len(news(li, deps, clock)) == 1


def test_opening_the_news_leads_to_the_history_and_marks_it_read(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    verify(zhao, show(li)["text"])
    (told,) = news(li, deps, clock)
    page = li.get("/wallet/inbox").text
    assert f"{HALL} · 3 号窗口 核验，办理“食品经营许可证延续”，看到：{'、'.join(FIELDS)}。" in page
    cookie = li.http.get_cookie("csrf_token")
    assert cookie is not None
    answered = li.http.post(f"/wallet/inbox/{told['id']}", data={"csrf_token": cookie.value})
    assert answered.location == "/wallet/uses"
    assert news(li, deps, clock)[0]["read_at"] is not None


def test_a_desk_waits_for_no_row_more(app: Flask, li: Visitor, zhao: Visitor) -> None:
    text = show(li)["text"]
    with counted_statements(app) as statements:
        verify(zhao, text)
    assert len(statements) == 7
    assert not any("outbox" in statement for statement in statements)


def test_a_second_worker_tells_nothing_twice(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    verify(zhao, show(li)["text"])
    assert [tell_of_uses(deps, clock.now) for _ in range(2)] == [1, 0]
    with deps.db.read() as tx:
        topics = tx.execute(select(OutboxMessage.topic)).scalars().all()
    assert topics.count("licence.used") == 1
