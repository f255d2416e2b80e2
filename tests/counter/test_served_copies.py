"""Who has lost a copy has lost its serial: staff find it by whom it was printed for, and revoke it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, ASSISTANCES, begun, licence_in, printed
from tests.support.people import Visitor
from tests.support.showing import refusal, verify
from tests.support.staff import send_form
from tests.support.units import told
from wallet import numbers
from wallet.base.deps import Deps
from wallet.counter.acts.content import read_content
from wallet.counter.acts.model import AssistedAct


def listed(staff: Visitor, session: dict[str, Any], query: str = "") -> dict[str, Any]:
    """A page of the copies of whoever is served."""
    answer = staff.get(f"{ASSISTANCES}/{session['id']}/copies{query}")
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.get_json()
    return page


def revoke_here(staff: Visitor, session: dict[str, Any], serial: str) -> TestResponse:
    """Revoke one in the session."""
    path = f"{ASSISTANCES}/{session['id']}/copies/{serial}/revocation"
    return staff.post(path, {"reason": "遗失"})


def test_a_lost_copy_is_found_and_revoked_in_a_later_session_of_somebody_else(
    app: Flask, wang: Visitor, liu: Visitor, zhao: Visitor, deps: Deps
) -> None:
    first, last = (printed(wang, begun(app, wang)) for _ in range(2))
    session = begun(app, liu)
    [newest] = listed(liu, session, "?limit=1")["items"]
    assert (newest["serial"], newest["state"]) == (last["serial"], "good")
    assert len(listed(liu, session)["items"]) == 2
    for _ in range(2):
        assert revoke_here(liu, session, first["serial"]).status_code == 204
    assert verify(zhao, first["text"], ALLOWANCE)["reason"] == "copy_revoked"
    assert verify(zhao, last["text"], ALLOWANCE)["verdict"] == "accepted"
    [act] = deps.db.rows(select(AssistedAct))
    assert (act.assistance_id, act.kind, act.outcome) == (session["id"], "copy_end", "done")
    assert read_content(deps.vault, act.content_sealed).told["用途"] == "申领高龄津贴"
    assert len(told(app, "copy.revoked")) == len(told(app, "act.done")) == 1


def test_only_those_of_whoever_is_served_and_only_while_they_are(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    copy = printed(wang, begun(app, wang))
    of_li = begun(app, wang, "holder-li")
    assert listed(wang, of_li)["items"] == []
    assert refusal(revoke_here(wang, of_li, copy["serial"])) == (404, "copy_unknown")
    session = begun(app, wang)
    clock.advance(numbers.ASSISTANCE_LIFE)
    assert refusal(revoke_here(wang, session, copy["serial"])) == (409, "assistance_ended")
    assert refusal(wang.get(f"{ASSISTANCES}/{session['id']}/copies")) == (409, "assistance_ended")


def test_the_page_lists_them_and_revokes_one(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    page = f"/counter/{session['id']}/copies"
    assert "没有纸质加注件" in wang.get(page).text
    copy = printed(wang, session)
    assert "申领高龄津贴" in wang.get(page).text
    assert send_form(wang, f"{page}/{copy['serial']}/revocation").status_code == 303
    assert "已撤回，任何窗口都不再接受" in wang.get(f"{page}?revoked=1").text
    assert listed(wang, session)["items"][0]["state"] == "revoked"


def test_whoever_has_three_copies_is_led_to_them(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    for _ in range(numbers.COPIES_MAX):
        printed(wang, session)
    licence = licence_in(session)
    form = wang.get(f"/counter/{session['id']}/copy?licence={licence}").text
    led = f'href="/counter/{session["id"]}/copies"'
    assert led not in form
    asked = {"licence": licence, "purpose": "津贴", "recipient": "大厅", "valid_until": day_in(1)}
    refused = send_form(wang, f"/counter/{session['id']}/copy", key="k", **asked)
    assert refused.status_code == 409
    assert led in refused.text
