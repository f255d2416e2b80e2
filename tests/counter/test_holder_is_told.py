"""Whoever is served at a counter finds the session, and what was done in it, in the history and in the inbox."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.showing.test_uses import uses
from tests.support.acts import confirm, decline, prepared
from tests.support.clock import Clock
from tests.support.counter import ASSISTANCES, ask_copy, begun, printed, revoke
from tests.support.people import Visitor, sign_in
from wallet import numbers
from wallet.base.deps import Deps
from wallet.counter import print_copy
from wallet.showing.look_up_notices import tell_of_look_ups


def told(holder: Visitor, deps: Deps, clock: Clock) -> list[dict[str, Any]]:
    """Its news of assisted sessions, the latest first."""
    tell_of_look_ups(deps, clock.now)
    items = holder.get("/api/v1/me/inbox").get_json()["items"]
    return [one["use"] for one in items if one["act"] == "assisted"]


def kinds(holder: Visitor, query: str = "?outcome=assisted") -> list[tuple[str, str]]:
    return [(use["kind"], use["evidence"] or use["act"]) for use in uses(holder, query)["items"]]


def test_a_session_and_its_acts_stand_in_the_history(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    for act in ("copy", "freeze", "unfreeze"):
        clock.advance(1)
        if act == "copy":
            printed(wang, session)
        else:
            answer = wang.post(f"{ASSISTANCES}/{session['id']}/{act}").get_json()
    confirm(liu, answer["id"])
    # Codes that go on again need a new sign-in.
    items = uses(sign_in(app, "holder-elder"), "?outcome=assisted")["items"]
    assert [one["act"] for one in items] == ["unfreeze", "freeze", "copy", None]
    begin = items[-1]
    assert (begin["id"], begin["kind"]) == (session["id"], "assistance")
    assert (begin["evidence"], begin["cause"], begin["item"]) == ("card_seen", "申领高龄津贴", None)
    assert begin["unit"]
    assert items[2]["licence_type"] == "老年人优待证"
    assert "王" not in f"{items}"


def test_what_waits_or_was_declined_was_not_done(
    app: Flask, wang: Visitor, liu: Visitor, elder: Visitor
) -> None:
    session = begun(app, wang)
    decline(liu, prepared(wang, session)["id"])
    prepared(wang, session)
    assert kinds(elder) == [("assistance", "card_seen")]


def test_the_filters_of_the_history_know_them(
    app: Flask, wang: Visitor, elder: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    clock.advance(1)
    printed(wang, session)
    both = [("assisted_act", "copy"), ("assistance", "card_seen")]
    assert kinds(elder) == kinds(elder, "?by=others&role=own") == both
    assert kinds(elder, "?type=senior-card") == both[:1]
    assert kinds(elder, "?outcome=looked_up") == kinds(elder, "?outcome=accepted") == []
    assert kinds(elder, "?by=me") == kinds(elder, "?role=delegate") == []
    page = elder.get("/wallet/uses?outcome=assisted").text
    assert "已看身份证" in page
    assert "打印加注件" in page


def test_one_entry_of_the_inbox_tells_of_all_that_was_done_since_the_last(
    app: Flask, wang: Visitor, elder: Visitor, deps: Deps, clock: Clock
) -> None:
    session = begun(app, wang)
    printed(wang, session)
    (first,) = told(elder, deps, clock)
    assert (first["evidence"], first["acts"]) == ("card_seen", ["copy"])
    wang.post(f"{ASSISTANCES}/{session['id']}/freeze")
    later, _ = told(elder, deps, clock)
    assert (later["evidence"], later["acts"]) == (None, ["freeze"])
    page = elder.get("/wallet/inbox").text
    assert "的工作人员为您办理" in page
    assert "停用亮码" in page


def test_a_delegate_and_a_stranger_are_not_told(
    app: Flask, wang: Visitor, granddaughter: Visitor, deps: Deps, clock: Clock
) -> None:
    printed(wang, begun(app, wang))
    company = sign_in(app, "holder-company")
    for other in (granddaughter, company):
        assert (kinds(other), told(other, deps, clock)) == ([], [])


def test_a_copy_revoked_by_its_serial_is_told_once_without_a_session(
    app: Flask, wang: Visitor, elder: Visitor, deps: Deps, clock: Clock
) -> None:
    copy = printed(wang, begun(app, wang))
    told(elder, deps, clock)
    clock.advance(numbers.ASSISTANCE_LIFE)
    for _ in range(2):
        assert revoke(wang, copy["serial"]).status_code == 204
    first, *_ = uses(elder, "?outcome=assisted")["items"]
    assert (first["kind"], first["act"], first["evidence"]) == ("assisted_act", "copy_end", None)
    assert (first["id"], first["licence_type"]) == (copy["serial"], "老年人优待证")
    assert [one["acts"] for one in told(elder, deps, clock)] == [["copy_end"], ["copy"]]
    assert "撤回加注件" in elder.get("/wallet/uses?outcome=assisted").text


def test_whoever_revokes_the_own_copy_need_not_be_told(
    app: Flask, wang: Visitor, elder: Visitor
) -> None:
    copy = printed(wang, begun(app, wang))
    assert revoke(elder, copy["serial"]).status_code == 204
    assert kinds(elder) == [("assisted_act", "copy"), ("assistance", "card_seen")]


def test_a_print_that_broke_off_is_told_once_it_is_finished(
    app: Flask, wang: Visitor, elder: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begun(app, wang)
    began = [("assistance", "card_seen")]
    with monkeypatch.context() as broken:
        broken.setattr(print_copy, "sign_copy", _breaks_off)
        with pytest.raises(SystemExit):
            ask_copy(wang, session, key="k1")
    assert kinds(elder) == began
    for _ in range(2):
        assert ask_copy(wang, session, key="k1").status_code == 201
        assert kinds(elder) == [("assisted_act", "copy"), *began]


def _breaks_off(*_: object) -> str:
    raise SystemExit
