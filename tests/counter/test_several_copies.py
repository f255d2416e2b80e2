"""Copies of several licences in one go: all of them or none, one document, one serial each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask

from tests.support.applications import day_in
from tests.support.counter import ALLOWANCE, begun, licence_in, person, printed, revoke
from tests.support.counter import ask_copy as _ask_copy
from tests.support.documents import pages_of, pdf_a_of, signature_of, text_of
from tests.support.licences import food_licence, issue
from tests.support.people import Visitor, machine
from tests.support.shared import deps_of
from tests.support.showing import refusal, verify
from tests.support.staff import send_form
from tests.support.units import told
from wallet import numbers


def good(session: dict[str, Any]) -> list[str]:
    """The identifiers of what the person holds that is valid."""
    return [one["identifier"] for one in session["licences"] if one["status"] == "valid"]


def ask(wang: Visitor, session: dict[str, Any], licences: Any, **other: Any) -> Any:
    return _ask_copy(wang, session, licence=None, licences=licences, **other)


def test_each_has_a_serial_and_a_code_of_its_own_and_one_is_revoked_alone(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    senior = licence_in(session)
    licences = [senior, *(one for one in good(session) if one != senior)]
    assert len(licences) >= 2
    answer = ask(wang, session, licences)
    assert answer.status_code == 201, answer.text
    copies = answer.get_json()["copies"]
    assert len({one["serial"] for one in copies}) == len(licences)
    assert len(told(app, "copy.printed")) == len(licences)
    assert verify(zhao, copies[0]["text"], ALLOWANCE)["verdict"] == "accepted"
    assert revoke(wang, copies[0]["serial"]).status_code == 204
    assert verify(zhao, copies[0]["text"], ALLOWANCE)["reason"] == "copy_revoked"
    assert wang.get(copies[1]["pdf"]).status_code == 200
    assert refusal(wang.get(answer.get_json()["pdf"])) == (409, "copy_revoked")


def test_one_document_has_every_code_and_is_sealed_by_every_unit(
    app: Flask, wang: Visitor, tmp_path: Path
) -> None:
    answer = ask(wang, begun(app, wang), good(begun(app, wang)))
    body = answer.get_json()
    pdf = wang.get(body["pdf"]).data
    read = (zxingcpp.read_barcode(page) for page in pages_of(pdf, tmp_path))
    found = {one.text for one in read if one is not None}
    assert found == {one["text"] for one in body["copies"]}
    signed = signature_of(pdf, tmp_path, trusting=deps_of(app).config.data)
    assert signed.count("Signature is Valid.") == signed.count("Signature #") >= 1
    assert signed.count("Certificate is Trusted.") == signed.count("Signature #")
    assert "Total document signed" in signed.rpartition("Signature #")[2]
    assert pdf_a_of(pdf, tmp_path)["valid"]
    words = text_of(pdf, tmp_path)
    for one in body["copies"]:
        serial = one["serial"]
        assert " ".join(serial[at : at + 4] for at in range(0, 16, 4)) in words


@pytest.mark.parametrize("count", [0, numbers.COPIES_TOGETHER_MAX + 1])
def test_how_many_at_a_time(app: Flask, wang: Visitor, count: int) -> None:
    session = begun(app, wang)
    assert refusal(ask(wang, session, [f"x{n}" for n in range(count)])) == (422, "invalid")


def test_what_names_licences(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    first, second = good(session)[:2]
    both = _ask_copy(wang, session, licence=first, licences=[second])
    assert refusal(both) == (422, "invalid")
    assert refusal(ask(wang, session, None)) == (422, "invalid")
    assert refusal(ask(wang, session, [first, first])) == (422, "invalid")
    assert refusal(ask(wang, session, [first, "1.2.3"])) == (404, "not_found")
    assert told(app, "copy.printed") == []


def test_all_or_none_and_the_one_in_the_way_is_named(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    licences = good(session)
    for _ in range(numbers.COPIES_MAX):
        printed(wang, session)
    answer = ask(wang, session, licences)
    assert refusal(answer) == (409, "too_many_copies")
    assert answer.get_json()["detail"].startswith("老年人优待证：")
    assert len(told(app, "copy.printed")) == numbers.COPIES_MAX


def test_the_same_request_again_is_the_same_copies(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    first, second = (ask(wang, session, good(session), key="k") for _ in range(2))
    assert first.get_json() == second.get_json()
    other = ask(wang, session, good(session)[:1], key="k")
    assert refusal(other) == (409, "idempotency_key_reused")


def test_ticked_on_the_page_they_are_printed_together(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    path = f"/counter/{session['id']}/copy"
    licences = good(session)
    form = wang.get(path, query_string={"licence": licences})
    assert form.text.count('name="licence"') == len(licences)
    given = {
        "purpose": "申领高龄津贴",
        "recipient": "东胜区政务服务大厅（演示）",
        "valid_until": day_in(30),
        "key": "k",
    }
    answer = send_form(wang, path, **given, licence=licences)  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text
    page = wang.get(answer.location)
    assert page.text.count('data-testid="serial"') == len(licences)
    assert "together=1" in page.text
    assert "请先勾选" in wang.get(path).text


def test_too_many_ticked_are_refused_in_words(app: Flask, wang: Visitor) -> None:
    data = deps_of(app).config.data
    served = person(app)
    issuer = machine(app, data, "issuer")
    for _ in range(numbers.COPIES_TOGETHER_MAX):
        issue(issuer, food_licence(data, holders=[{"kind": "person", **served}]))
    session = begun(app, wang)
    path = f"/counter/{session['id']}/copy"
    given = {"purpose": "津贴", "recipient": "大厅", "valid_until": day_in(30), "key": "k"}
    answer = send_form(wang, path, **given, licence=good(session))  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert f"一次最多打印 {numbers.COPIES_TOGETHER_MAX} 件" in answer.text
    assert told(app, "copy.printed") == []


def test_what_is_ticked_is_handed_to_a_desk_as_well(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    page = wang.get(f"/counter/{session['id']}").text
    assert f'formaction="/counter/{session["id"]}/hand-over"' in page
    ticked = good(session)[1]
    form = wang.get(f"/counter/{session['id']}/hand-over", query_string={"licence": ticked}).text
    assert re.findall(r'name="licences" value="([^"]+)" checked', form) == [ticked]
