"""Whoever has no phone takes home on paper who has used what, and the notices that nobody opened: each is new once."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.clock import Clock
from tests.support.counter import ASSISTANCES, ask_assistance, begun, printed
from tests.support.people import Visitor
from tests.support.showing import SENIOR, refusal, show, verify
from tests.support.units import told
from wallet.base.deps import Deps
from wallet.counter.history.words import NEWS
from wallet.licences.delivery.model import InboxEntry
from wallet.licences.delivery.schemas import InboxEntrySchema
from wallet.showing.look_up_notices import tell_of_look_ups


def ask(wang: Visitor, session: dict[str, Any], **body: Any) -> TestResponse:
    return wang.post(f"{ASSISTANCES}/{session['id']}/history", body)


def words(answer: TestResponse) -> str:
    assert answer.mimetype == "application/pdf", answer.text
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=answer.data, capture_output=True, check=True
    )
    return "".join(text.stdout.decode().split())


def test_it_holds_uses_sessions_copies_and_notices(
    app: Flask, wang: Visitor, zhao: Visitor, elder: Visitor, deps: Deps, clock: Clock
) -> None:
    verify(zhao, show(elder, SENIOR)["text"], "senior-allowance")
    session = begun(app, wang)
    copy = printed(wang, session)
    tell_of_look_ups(deps, clock.now)
    paper = words(ask(wang, session))
    assert "已核验" in paper
    assert "凭据：已看身份证；办什么事：申领高龄津贴" in paper
    assert copy["serial"][:4] in paper
    assert "办了：打印加注件" in paper
    assert "任一帮办代办窗口" in paper
    assert "以前印给过您" not in paper


def test_a_notice_is_new_on_the_first_print_and_repeated_on_wish(
    app: Flask, wang: Visitor, deps: Deps, clock: Clock
) -> None:
    session = begun(app, wang)
    tell_of_look_ups(deps, clock.now)
    counted = wang.get(f"{ASSISTANCES}/{session['id']}/history").get_json()["notices"]
    assert counted > 0
    ask(wang, session)
    assert wang.get(f"{ASSISTANCES}/{session['id']}/history").get_json()["notices"] == 0
    assert "没有新的消息" in words(ask(wang, session))
    assert words(ask(wang, session, again=True)).count("以前印给过您") == counted
    times = {row.printed_at for row in deps.db.rows(select(InboxEntry.printed_at))} - {None}
    assert times == {clock.now}


def test_what_was_opened_on_a_phone_is_not_told_on_paper(
    app: Flask, wang: Visitor, elder: Visitor, deps: Deps, clock: Clock
) -> None:
    session = begun(app, wang)
    tell_of_look_ups(deps, clock.now)
    for entry in elder.get("/api/v1/me/inbox").get_json()["items"]:
        elder.post(f"/api/v1/me/inbox/{entry['id']}/read")
    assert wang.get(f"{ASSISTANCES}/{session['id']}/history").get_json()["notices"] == 0


def test_who_never_signed_in_has_a_history_and_none_of_somebody_else_s(
    wang: Visitor, never_signed_in: dict[str, str], clock: Clock, app: Flask
) -> None:
    begun(app, wang)
    clock.advance(1)
    session = ask_assistance(wang, never_signed_in, matter="第一次来").get_json()
    paper = words(ask(wang, session))
    assert "第一次来" in paper
    assert "申领高龄津贴" not in paper
    assert wang.get(f"{ASSISTANCES}/{session['id']}/history").get_json()["uses"] == 2


def test_a_period_leaves_out_what_was_before(app: Flask, wang: Visitor, clock: Clock) -> None:
    session = begun(app, wang)
    page = f"{ASSISTANCES}/{session['id']}/history"
    today, later = clock.now.astimezone().date().isoformat(), "2999-01-01"
    assert wang.get(f"{page}?from=2020-01-01&to={later}").get_json()["uses"] == 1
    assert wang.get(f"{page}?from={later}").get_json()["uses"] == 0
    assert refusal(wang.get(f"{page}?from={later}&to={today}")) == (422, "period")
    assert wang.get(f"{page}?from=2026-02-31").status_code == 422


def test_an_address_is_printed_and_kept_nowhere(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    address = ["演示收件人", "演示市虚构路 9 号 #image(1)"]
    paper = words(ask(wang, session, address=address, large=True))
    assert "演示市虚构路9号#image(1)" in paper
    receipt = wang.get(f"{ASSISTANCES}/{session['id']}/receipt").get_json()
    (act,) = receipt["acts"]
    assert act["kind"] == "history"
    assert "按信件寄送" in [pair["value"] for pair in act["pairs"]]
    assert "虚构路" not in f"{receipt}{told(app, 'act.done')}"


@pytest.mark.parametrize("address", [["x"] * 6, ["x" * 61], ["\u202e"], [7]])
def test_an_address_that_fits_no_window_is_refused(
    app: Flask, wang: Visitor, address: list[object]
) -> None:
    assert ask(wang, begun(app, wang), address=address).status_code == 422


def test_it_needs_an_open_session_of_one_s_own(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    assert refusal(ask(liu, session)) == (404, "assistance_unknown")
    clock.advance(15 * 60)
    assert refusal(ask(wang, session)) == (409, "assistance_ended")


def test_the_page_prints_it_and_says_what_is_wrong(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    where = f"/counter/{session['id']}/history"
    assert "打印使用记录和消息" in wang.get(where).text
    form = {"csrf_token": wang.http.get_cookie("csrf_token").value, "large": "1"}  # type: ignore[union-attr]
    answer = wang.http.post(where, data=form | {"address": "演示收件人\r\n\r\n虚构路 9 号"})
    assert "虚构路9号" in words(answer)
    wrong = wang.http.post(where, data=form | {"from": "2026-02-02", "to": "2026-02-01"})
    assert (wrong.status_code, "不早于开始的那天" in wrong.text) == (422, True)


def test_every_act_of_an_inbox_has_its_words() -> None:
    field = InboxEntrySchema().fields["act"]
    assert set(NEWS) >= set(field.metadata["enum"])
