"""The files of an application: taken by what they are, kept sealed, given to who is concerned and on record."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Final

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from tests.support.applications import APPLICATIONS, begun, picture, proved, step, submitted
from tests.support.people import Visitor, sign_in
from tests.support.showing import refusal
from tests.support.units import BESIDE, manager_at, told
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.base.typesetting import typeset
from wallet.relying.onboarding.forget import forget_proofs
from wallet.relying.onboarding.model import ApplicationProof

_PDF: Final = typeset("demo_proof.typ", {"title": "证明", "lines": ["测试"]}, read_clock())


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "JPEG")
    return out.getvalue()


def pdf_with(catalogue: bytes, root: bytes = b"1 0 R") -> bytes:
    """A PDF whose catalogue is this."""
    head = b"%PDF-1.4\n"
    body = head + b"1 0 obj\n" + catalogue + b"\nendobj\n"
    table = b"xref\n0 2\n0000000000 65535 f \n%010d 00000 n \n" % len(head)
    return (
        body
        + table
        + b"trailer\n<</Size 2/Root %b>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            root,
            len(body),
        )
    )


@pytest.mark.parametrize(
    ("name", "file", "kept", "media_type"),
    [
        ("登记证.pdf", _PDF, "登记证.pdf", "application/pdf"),
        ("公函", picture(), "公函.png", "image/png"),
        ("C:\\我的\\照片.JPEG", _jpeg(), "照片.jpg", "image/jpeg"),
        ("../../etc/passwd", _PDF, "passwd.pdf", "application/pdf"),
        ("...", _PDF, "证明.pdf", "application/pdf"),
    ],
)
def test_a_file_is_named_by_what_it_is(
    bank: Visitor, name: str, file: bytes, kept: str, media_type: str
) -> None:
    made = begun(bank)
    assert proved(bank, made, file, name).status_code == 201
    [proof] = bank.get(f"{APPLICATIONS}/{made}").get_json()["proofs"]
    assert (proof["name"], proof["media_type"], proof["size"]) == (kept, media_type, len(file))
    got = bank.get(f"{APPLICATIONS}/{made}/proofs/{proof['id']}")
    assert (got.data, got.content_type) == (file, media_type)
    assert got.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"%PDF-1.7 no more",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(40),
        picture()[:-20],
        b"PK\x03\x04" + bytes(40),
        _PDF[: len(_PDF) // 3],
        *(pdf_with(root) for root in (b"(/Pages)", b"[/Pages]", b"1 0 R", b"[" * 50_000)),
        pdf_with(b"<</Pages 2 0 R>>", root=b"5"),
    ],
)
def test_what_is_no_whole_pdf_or_picture_is_refused(bank: Visitor, file: bytes) -> None:
    assert refusal(proved(bank, begun(bank), file)) == (422, "proof_format")


def test_size_and_number_are_limited(bank: Visitor) -> None:
    made = begun(bank)
    large = picture() + bytes(numbers.PROOF_MAX - len(picture()))
    assert proved(bank, made, large).status_code == 201
    assert refusal(proved(bank, made, large + b"0")) == (413, "too_large")
    for _ in range(numbers.PROOFS_MAX - 1):
        assert proved(bank, made).status_code == 201
    assert refusal(proved(bank, made)) == (409, "too_many_proofs")
    first = bank.get(f"{APPLICATIONS}/{made}").get_json()["proofs"][0]["id"]
    assert bank.delete(f"{APPLICATIONS}/{made}/proofs/{first}").status_code == 204
    assert proved(bank, made).status_code == 201


def test_nothing_of_a_file_is_readable_in_the_database(bank: Visitor, deps: Deps) -> None:
    proved(bank, begun(bank), _PDF, "张三的登记证.pdf")
    [row] = deps.db.rows(select(ApplicationProof))
    assert b"%PDF" not in row.file_sealed
    assert "张三".encode() not in row.name_sealed


def test_who_decides_reads_it_on_record_and_a_stranger_finds_nothing(
    app: Flask, bank: Visitor, sun: Visitor
) -> None:
    made = submitted(bank)
    proof = bank.get(f"{APPLICATIONS}/{made}").get_json()["proofs"][0]["id"]
    path = f"{APPLICATIONS}/{made}/proofs/{proof}"
    assert sun.get(path).data == picture()
    account = sun.get("/api/v1/me").get_json()["account"]
    assert [one["actor"] for one in told(app, "proof.read")] == [account]
    for stranger in (sign_in(app, "desk-qian"), manager_at(app, BESIDE)):
        assert stranger.get(path).status_code == 404
    for other in ("999999", "x", "9" * 30):
        assert sun.get(f"{APPLICATIONS}/{made}/proofs/{other}").status_code == 404


def test_no_file_changes_once_the_application_is_handed_in(bank: Visitor, sun: Visitor) -> None:
    made = submitted(bank)
    proof = bank.get(f"{APPLICATIONS}/{made}").get_json()["proofs"][0]["id"]
    assert refusal(proved(bank, made)) == (409, "application_state")
    gone = bank.delete(f"{APPLICATIONS}/{made}/proofs/{proof}")
    assert refusal(gone) == (409, "application_state")
    step(sun, made, "review", {"decision": "return", "reason": "请换清楚的"})
    assert bank.delete(f"{APPLICATIONS}/{made}/proofs/{proof}").status_code == 204
    assert bank.delete(f"{APPLICATIONS}/{made}/proofs/{proof}").status_code == 404


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "submitted"])
def test_proofs_of_what_came_to_nothing_are_deleted_after_half_a_year(
    app: Flask, bank: Visitor, sun: Visitor, deps: Deps, end: str
) -> None:
    made = submitted(bank)
    if end == "rejected":
        step(sun, made, "review", {"decision": "reject", "reason": "没有必要", "seen": 2})
    elif end == "withdrawn":
        step(bank, made, "withdrawal")
    days = timedelta(days=numbers.PROOF_DAYS)
    assert forget_proofs(deps, read_clock() + days - timedelta(minutes=5), 10) == 0
    gone = forget_proofs(deps, read_clock() + days, 10)
    assert gone == (0 if end == "submitted" else 1)
    assert len(told(app, "proof.removed")) == gone
