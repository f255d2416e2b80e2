"""The receipt of an assisted session: everything that was done, nothing of the staff but where they sit, in two sizes."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.support.acts import confirm, decline, prepared
from tests.support.clock import Clock
from tests.support.counter import ASSISTANCES, ask_assistance, begun, person, printed, revoke
from tests.support.delegations import person_of
from tests.support.people import Visitor, sign_in
from tests.support.showing import refusal
from tests.support.staff import staff_of
from tests.support.units import told
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.counter.acts.content import ActContent
from wallet.counter.acts.note import note_done
from wallet.counter.assist import open_assistance
from wallet.counter.serial import grouped


def receipt(wang: Visitor, session: dict[str, Any]) -> dict[str, Any]:
    answer = wang.get(f"{ASSISTANCES}/{session['id']}/receipt")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def paper(wang: Visitor, session: dict[str, Any], how: str = "") -> str:
    """The words of the document, without spaces and line ends."""
    answer = wang.get(f"{ASSISTANCES}/{session['id']}/receipt.pdf{how}")
    assert answer.mimetype == "application/pdf", answer.text
    words = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=answer.data, capture_output=True, check=True
    )
    return "".join(words.stdout.decode().split())


def test_it_says_what_was_done_in_order_and_what_was_not(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    first = prepared(wang, session)["id"]
    copy = printed(wang, session)
    clock.advance(1)
    confirm(liu, first)
    clock.advance(1)
    wang.post(f"{ASSISTANCES}/{session['id']}/freeze")
    clock.advance(1)
    decline(liu, wang.post(f"{ASSISTANCES}/{session['id']}/unfreeze").get_json()["id"], "再等等")
    said = receipt(wang, session)
    assert [(one["kind"], one["state"]) for one in said["acts"]] == [
        ("copy", "done"), ("delegation", "done"), ("freeze", "done"), ("unfreeze", "declined"),
    ]  # fmt: skip
    assert (said["holder"], said["terminal"], said["ended_at"]) == ("王*", "帮办代办 1 号台", None)
    assert said["matter"] == "申领高龄津贴"
    text = paper(wang, session)
    for word in (
        grouped(copy["serial"]),
        "李明",
        "再等等",
        "接受以后才生效",
        "按传统方式办理",
        "可向",
    ):
        assert word.replace(" ", "") in text
    for secret in ("王芳", "刘芸", person(app)["code"], person_of("holder-li")["code"], "王秀英"):
        assert secret not in text + str(said)
    assert len(told(app, "assistance.receipt_taken")) == 1


def test_what_was_taken_back_is_not_there_and_a_revoked_copy_says_so(
    app: Flask, wang: Visitor
) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)["id"]
    wang.delete(f"{ASSISTANCES}/{session['id']}/acts/{act}")
    revoke(wang, printed(wang, session)["serial"])
    [only] = receipt(wang, session)["acts"]
    assert (only["kind"], only["note"]) == ("copy", "已撤回")


def test_it_is_there_until_the_end_of_the_day_on_which_the_session_ended(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)
    assert receipt(wang, session)["acts"][0]["state"] == act["state"] == "waiting"
    wang.delete(f"{ASSISTANCES}/{session['id']}")
    said = receipt(wang, session)
    assert (said["acts"][0]["state"], said["ended_at"] is None) == ("ended", False)
    assert "没有办" in paper(wang, session)
    assert liu.get(f"{ASSISTANCES}/{session['id']}/receipt").status_code == 404
    midnight = (clock.now + timedelta(hours=8)).replace(hour=0, minute=0, second=0)
    last = midnight + timedelta(days=1, hours=-8, seconds=-1)
    clock.now = last
    wang = sign_in(app, "counter-wang")
    assert receipt(wang, session)["id"] == session["id"]
    assert local_day(clock.advance(1)) > local_day(last)
    gone = wang.get(f"{ASSISTANCES}/{session['id']}/receipt")
    assert refusal(gone) == (409, "receipt_closed")


def test_large_print_says_the_same_on_more_paper(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    printed(wang, session)
    assert "申领高龄津贴" in paper(wang, session, "?large=1")


@pytest.mark.parametrize(
    "text",
    ["#sys.inputs $x$ *粗* @a <b>", "<script>alert(1)</script>", '=HYPERLINK("x")', "\\#eval(1)"],
)
def test_every_text_is_printed_as_it_was_typed(app: Flask, wang: Visitor, text: str) -> None:
    evidence = {"kind": "reference", "reference": text}
    session = ask_assistance(wang, person(app), matter=text, evidence=evidence).get_json()
    printed(wang, session, purpose=text, recipient=text)
    assert paper(wang, session).count("".join(text.split())) == 4
    page = wang.http.get(f"/counter/{session['id']}/receipt", headers={"Accept": "text/html"})
    assert "<script>alert" not in page.text


def test_other_acts_stand_on_it_as_they_were_written_down(
    app: Flask, deps: Deps, wang: Visitor, clock: Clock
) -> None:
    session, staff = begun(app, wang), staff_of(deps, "counter-wang")
    with deps.db.begin() as tx:
        row = open_assistance(tx, staff, session["id"], clock.now)
        content = ActContent(told={"交给": "3 号窗口", "证照": "老年人优待证"})
        note_done(tx, deps, staff, row, "freeze", content, clock.now)
    [only] = receipt(wang, session)["acts"]
    assert only["pairs"][0] == {"label": "交给", "value": "3 号窗口"}
    assert "交给3号窗口" in paper(wang, session)
