"""The counter of `hostile.md`, case by case; and whatever is typed into a text is printed as it is, and does nothing."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import (
    ALLOWANCE,
    ASSISTANCES,
    ask_assistance,
    ask_copy,
    begun,
    licence_in,
    person,
    printed,
    revoke,
)
from tests.support.documents import run
from tests.support.people import Visitor, machine
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL, refusal, verify
from tests.support.staff import send_form
from tests.support.statuses import REVOKE, set_status
from tests.support.units import told
from wallet import numbers

INJECTIONS: Final = {
    "html": "<script>alert(1)</script>&amp;<b>",
    "attribute": '" onload="x\' y=',
    "template": "{{ 7*7 }}{% raw %}%(n)s",
    "typst": '#import "x"; *b* _i_ $x^2$ @a <l>',
    "typst read": '#read("/etc/passwd") \\u{41}',
    "pdf": ") Tj ET (x) \\) endstream endobj",
    "formula": "=HYPERLINK(\"http://x\",1)+cmd|' /C'!A0",
    "formula @": "@SUM(1+1)*-2",
    "json": '"],"status":"valid',
    "sql": "'; DROP TABLE copies;--",
}


@pytest.mark.parametrize(
    ("evidence", "slug"),
    [
        (None, "invalid"),
        ({}, "invalid"),
        ({"kind": "none"}, "invalid"),
        ({"kind": "guardian"}, "reference_required"),
        ({"kind": "reference", "reference": ""}, "reference_required"),
    ],
)
def test_without_evidence_there_is_no_session_and_so_no_copy(
    app: Flask, wang: Visitor, evidence: Any, slug: str
) -> None:
    answer = ask_assistance(wang, person(app), evidence=evidence)
    assert refusal(answer) == (422, slug)
    assert told(app, "assistance.begun") == []


def _ended(wang: Visitor, session: dict[str, Any], clock: Clock) -> None:
    wang.http.delete(f"{ASSISTANCES}/{session['id']}", headers=wang._csrf())


def _over(wang: Visitor, session: dict[str, Any], clock: Clock) -> None:
    clock.advance(numbers.ASSISTANCE_LIFE)


def _still(wang: Visitor, session: dict[str, Any], clock: Clock) -> None:
    clock.advance(numbers.ASSISTANCE_LIFE - 1)


@pytest.mark.parametrize(
    ("before", "other", "answer"),
    [
        (_still, {}, (201, None)),
        (_still, {"valid_until": day_in(numbers.COPY_DAYS_MAX)}, (201, None)),
        (_still, {"valid_until": day_in(numbers.COPY_DAYS_MAX + 1)}, (422, "copy_days")),
        (_still, {"purpose": ""}, (422, "invalid")),
        (_still, {"purpose": " \u3000 "}, (422, "invalid")),
        (_still, {"purpose": None}, (422, "invalid")),
        (_ended, {}, (409, "assistance_ended")),
        (_over, {}, (409, "assistance_ended")),
    ],
)
def test_what_is_asked_is_printed_or_refused_and_then_nothing_is(
    app: Flask,
    wang: Visitor,
    clock: Clock,
    before: Callable[[Visitor, dict[str, Any], Clock], None],
    other: dict[str, Any],
    answer: tuple[int, str | None],
) -> None:
    session = begun(app, wang)
    before(wang, session, clock)
    got = ask_copy(wang, session, **other)
    assert (got.status_code, got.get_json().get("slug")) == answer
    assert len(told(app, "copy.printed")) == (answer[0] == 201)


def test_not_for_another_holder(app: Flask, wang: Visitor) -> None:
    foreign = licence_in(begun(app, wang, "holder-li"), "driving-licence")
    session = begun(app, wang)
    assert refusal(ask_copy(wang, session, licence=foreign)) == (404, "not_found")
    path = f"/counter/{session['id']}/copy"
    assert 'name="purpose"' not in wang.get(path, query_string={"licence": foreign}).text
    assert send_form(wang, path, **_form(session) | {"licence": foreign}).status_code == 404
    assert told(app, "copy.printed") == []


def test_a_double_click_on_the_page_prints_once(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    form = _form(session) | {"key": "clicked"}
    first, second = (send_form(wang, f"/counter/{session['id']}/copy", **form) for _ in range(2))
    assert (first.status_code, first.location) == (303, second.location)
    assert len(told(app, "copy.printed")) == 1


def test_a_copy_is_refused_after_its_revocation(app: Flask, wang: Visitor, zhao: Visitor) -> None:
    copy = printed(wang, begun(app, wang))
    assert verify(zhao, copy["text"], ALLOWANCE)["verdict"] == "accepted"
    assert revoke(wang, copy["serial"]).status_code == 204
    for scanned in (copy["text"], copy["serial"]):
        verdict = verify(zhao, scanned, ALLOWANCE)
        assert (verdict["reason"], verdict["licences"]) == ("copy_revoked", [])


def test_a_copy_is_refused_once_its_licence_is_revoked(
    app: Flask, wang: Visitor, zhao: Visitor, never_signed_in: dict[str, str]
) -> None:
    session = ask_assistance(wang, never_signed_in).get_json()
    [licence] = session["licences"]
    copy = printed(wang, session, licence=licence["identifier"])
    assert verify(zhao, copy["text"], RENEWAL)["verdict"] == "accepted"
    issuer = machine(app, deps_of(app).config.data, "issuer")
    set_status(issuer, licence["identifier"], REVOKE)
    for scanned in (copy["text"], copy["serial"]):
        verdict = verify(zhao, scanned, RENEWAL)
        assert (verdict["reason"], verdict["licences"]) == ("licence_revoked", [])


@pytest.mark.parametrize("kind", INJECTIONS)
def test_whatever_is_typed_is_printed_as_it_is(
    app: Flask, wang: Visitor, zhao: Visitor, tmp_path: Path, kind: str
) -> None:
    text = INJECTIONS[kind]
    evidence = {"kind": "reference", "reference": text}
    answer = ask_assistance(wang, person(app), evidence=evidence, matter=text)
    assert answer.status_code == 201, answer.text
    session = answer.get_json()
    copy = printed(wang, session, purpose=text, recipient=text)
    for edition in ("", "?large=1"):
        words = _words(wang.get(f"/counter/copies/{copy['serial']}.pdf{edition}"), tmp_path)
        assert words.count(_plain(f"仅用于{text}")) >= 1, words
        assert words.count(_plain(text)) >= 2, words
        receipt = _words(wang.get(f"/counter/{session['id']}/receipt.pdf{edition}"), tmp_path)
        assert receipt.count(_plain(text)) >= 2, receipt
    verdict = verify(zhao, copy["text"], ALLOWANCE)
    assert (verdict["purpose"], verdict["recipient"]) == (text, text)
    assert revoke(wang, copy["serial"], reason=text).status_code == 204
    for page in (f"/counter/{session['id']}", f"/counter/copies/{copy['serial']}"):
        source = wang.get(page).text
        assert text in html.unescape(source)
        assert "<script>alert" not in source


def _form(session: dict[str, Any]) -> dict[str, str]:
    return {
        "licence": licence_in(session),
        "purpose": "申领高龄津贴",
        "recipient": "东胜区政务服务大厅（演示）",
        "valid_until": day_in(30),
    }


def _words(answer: TestResponse, folder: Path) -> str:
    """The text of a document in the order in which it is drawn, without spaces."""
    assert answer.status_code == 200, answer.text
    file = folder / "typed.pdf"
    file.write_bytes(answer.data)
    assert "/JavaScript" not in str(PdfReader(io.BytesIO(answer.data)).trailer["/Root"])
    return _plain(run("pdftotext", "-raw", file, "-"))


def _plain(text: str) -> str:
    return "".join(text.split())
