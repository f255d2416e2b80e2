"""A licence as PDF: sealed by its unit, unchanged ever after, and what it says."""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask import Flask

from tests.support.documents import download, in_a_thread, pdf_a_of, signature_of, text_of
from tests.support.licences import day, food_fields, food_licence, issue, person
from tests.support.people import Machine, Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import DRIVING, FOOD, SENIOR, SUSPENDED, events, identifier_of
from tests.support.statuses import REVOKE, set_status
from wallet.base.clock import read_clock
from wallet.licences.documents.kept import forget_documents


@pytest.fixture
def li(shared_app: Flask) -> Visitor:
    """The phone of 李明."""
    return sign_in(shared_app, "holder-li")


def pdf_of(holder: Visitor, licence: dict[str, Any]) -> bytes:
    answer = holder.get(f"/api/v1/me/licences/{licence['identifier']}.pdf")
    assert answer.status_code == 200, answer.text
    data: bytes = answer.data
    return data


def test_the_seal_is_valid_and_covers_the_whole_document(
    li: Visitor, data: Path, tmp_path: Path
) -> None:
    told = signature_of(download(li), tmp_path, trusting=data)
    assert told.count("Signature #") == 1
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "Certificate is Trusted." in told
    assert "ETSI.CAdES.detached" in told
    assert "东胜区市场监督管理局（演示）" in told


def test_who_does_not_trust_the_demos_ca_sees_that_nobody_vouches_for_it(
    li: Visitor, tmp_path: Path
) -> None:
    told = signature_of(download(li), tmp_path)
    assert "Signature is Valid." in told
    assert "Certificate issuer isn't Trusted." in told


def test_one_changed_byte_anywhere_in_what_is_signed_breaks_the_seal(
    li: Visitor, tmp_path: Path
) -> None:
    pdf = download(li)
    start = pdf.index(b"/Contents <")
    end = pdf.index(b">", start)
    signed = [*range(start), *range(end + 1, len(pdf))]
    for place in [signed[0], *signed[97 :: len(signed) // 12], signed[-3]]:
        changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
        assert "Signature is Valid." not in signature_of(changed, tmp_path), place


def test_what_is_added_behind_the_seal_is_not_covered_by_it(li: Visitor, tmp_path: Path) -> None:
    longer = download(li) + b"\n% added\n"
    assert "Total document signed" not in signature_of(longer, tmp_path)


@pytest.mark.parametrize("type_code", [FOOD, DRIVING, SUSPENDED])
def test_it_is_pdf_a_2b_with_its_seal(li: Visitor, tmp_path: Path, type_code: str) -> None:
    found = pdf_a_of(download(li, type_code), tmp_path)
    assert (found["valid"], found["errors"]) == (True, [])
    # What the checker does not look into: docs/operator.md names it.
    assert [warning.split("]")[0] for warning in found["warnings"]] == ["[WARN-007"]


def test_its_only_annotation_is_the_invisible_field_of_the_seal(li: Visitor) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(download(li, DRIVING)))
    (found,) = [one.get_object() for page in reader.pages for one in page.get("/Annots", [])]
    assert found["/FT"] == "/Sig"
    assert list(found["/Rect"]) == [0, 0, 0, 0]
    # ISO 19005-2, 6.3.2: to be printed, and neither hidden nor without view.
    assert found["/F"] & 0b100111 == 0b100
    assert reader.trailer["/Root"]["/Perms"]["/DocMDP"] is not None
    assert found["/V"]["/Reference"][0]["/TransformParams"]["/P"] == 1


def test_every_font_is_embedded(li: Visitor) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(download(li, DRIVING)))
    fonts = [
        descendant.get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font["/DescendantFonts"]
    ]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & font.keys() for font in fonts)


def test_it_says_what_the_licence_says(li: Visitor, tmp_path: Path) -> None:
    text = text_of(download(li), tmp_path)
    for part in (
        "食品经营许可证",
        "Food Operation Permit",
        "JY11506020012070",
        "李明便民超市（演示）",
        "食品销售经营者",
        "东胜区市场监督管理局（演示）",
        "本电子证照与纸质证照具有同等法律效力",
        identifier_of(li, FOOD),
        "演示件",
        "内蒙古自治区",
        "ᠮᠣᠩᠭᠣᠯ",
    ):
        assert part in text, part


def test_a_licence_that_does_not_stand_says_so_across_the_page(li: Visitor, tmp_path: Path) -> None:
    text = text_of(download(li, SUSPENDED), tmp_path)
    assert "不得作为有效证照使用" in text
    assert "同等法律效力" not in text


def test_holder_and_delegate_get_the_same_and_a_stranger_nothing(
    shared_app: Flask, li: Visitor
) -> None:
    elder = sign_in(shared_app, "holder-elder")
    delegate = sign_in(shared_app, "delegate-li")
    assert download(elder, SENIOR) == download(delegate, SENIOR, "delegate")
    refused = li.get(f"/api/v1/me/licences/{identifier_of(elder, SENIOR)}.pdf")
    assert (refused.status_code, refused.get_json()["slug"]) == (404, "not_found")


def test_every_download_is_in_the_audit_trail_without_a_personal_value(
    shared_app: Flask, li: Visitor
) -> None:
    before = len(events(deps_of(shared_app), "licence.downloaded"))
    download(li)
    download(li)
    recorded = events(deps_of(shared_app), "licence.downloaded")[before:]
    assert [fields["role"] for _, fields in recorded] == ["own", "own"]
    assert "李明" not in str(recorded)


def test_it_is_the_same_document_until_something_in_it_changes(
    shared_app: Flask, li: Visitor, issuer: Machine, data: Path, tmp_path: Path
) -> None:
    licence = issue(issuer, food_licence(data))
    first = pdf_of(li, licence)
    assert pdf_of(li, licence) == first
    set_status(issuer, licence["identifier"], REVOKE)
    after = pdf_of(li, licence)
    assert after != first
    assert "吊销" in text_of(after, tmp_path)


def test_it_is_sealed_where_an_event_loop_runs_already(
    li: Visitor, issuer: Machine, data: Path, tmp_path: Path
) -> None:
    licence = issue(issuer, food_licence(data))  # so that none is kept

    async def inside() -> bytes:
        return pdf_of(li, licence)

    assert "Signature is Valid." in signature_of(
        in_a_thread(lambda: asyncio.run(inside())), tmp_path
    )


def test_many_at_once_each_get_a_sealed_document(
    shared_app: Flask, issuer: Machine, data: Path, tmp_path: Path
) -> None:
    address = f"/api/v1/me/licences/{issue(issuer, food_licence(data))['identifier']}.pdf"
    phones = [sign_in(shared_app, "holder-li") for _ in range(8)]
    with ThreadPoolExecutor(len(phones)) as pool:
        answers = list(pool.map(lambda phone: phone.get(address), phones))
    assert [answer.status_code for answer in answers] == [200] * len(phones)
    files = [one for one in deps_of(shared_app).config.documents_dir.rglob("*") if one.is_file()]
    assert {len(one.name) for one in files} == {32}, "a draft was left"
    for pdf in {answer.data for answer in answers}:
        assert "Signature is Valid." in signature_of(pdf, tmp_path)


def test_what_is_kept_is_encrypted_and_forgotten_after_a_week(
    shared_app: Flask, li: Visitor
) -> None:
    deps = deps_of(shared_app)
    download(li)
    kept = [file for file in deps.config.documents_dir.rglob("*") if file.is_file()]
    assert kept
    assert all(b"%PDF" not in file.read_bytes() for file in kept)
    assert all(file.stat().st_mode & 0o077 == 0 for file in kept)
    now = read_clock()
    assert forget_documents(deps, now + timedelta(days=7)) == 0
    assert forget_documents(deps, now + timedelta(days=8)) == 1
    assert not list(deps.config.documents_dir.rglob("*"))


def test_a_damaged_kept_document_is_made_anew(shared_app: Flask, li: Visitor) -> None:
    first = download(li)
    for file in deps_of(shared_app).config.documents_dir.rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    assert download(li)[:5] == first[:5] == b"%PDF-"


INJECTIONS = [
    '#eval("1+1") #panic() $x^2$ *bold* _it_ `raw`',
    '#include "/etc/passwd" @label <label>',
    "<script>alert(1)</script> &lt; &amp;",
    "(/JS (app.alert)) >> endobj %PDF-1.4",
    "=cmd|' /C calc'!A0",
    '\\ \\n "]} , "demo": false',
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_looks_like_a_programme_is_printed_as_it_is(
    li: Visitor, issuer: Machine, data: Path, tmp_path: Path, text: str
) -> None:
    body = food_licence(data, fields=food_fields(operator_name=text))
    pdf = pdf_of(li, issue(issuer, body))
    printed = " ".join(text_of(pdf, tmp_path).split())
    for word in text.split():
        assert word in printed
    assert "演示件" in printed
    assert "/JavaScript" not in pdf.decode("latin-1")


def test_mongolian_is_printed(li: Visitor, issuer: Machine, data: Path, tmp_path: Path) -> None:
    name = "ᠣᠷᠳᠣᠰ ᠬᠣᠲᠠ"
    body = food_licence(data, fields=food_fields(operator_name=name))
    assert name in text_of(pdf_of(li, issue(issuer, body)), tmp_path)


def test_joint_holders_stand_on_it_in_their_order(
    li: Visitor, issuer: Machine, data: Path, tmp_path: Path
) -> None:
    other = {"kind": "person", "code_type": "414", "code": "E12345678", "name": "陈静"}
    body = food_licence(data, holders=[person(data), other])
    assert "李明、陈静" in text_of(pdf_of(li, issue(issuer, body)), tmp_path)


def test_the_longest_texts_go_on_on_a_second_page(
    li: Visitor, issuer: Machine, data: Path, tmp_path: Path
) -> None:
    long = "经营" * 50, "地址" * 100, "销售" * 250
    fields = food_fields(
        operator_name=long[0], domicile=long[1], premises=long[1], business_items=long[2],
        remarks=long[2],
    )  # fmt: skip
    pdf = pdf_of(li, issue(issuer, food_licence(data, fields=fields, valid_until=day(400))))
    text = "".join(text_of(pdf, tmp_path).split())
    assert text.count("销售") >= 500
    assert "Signature is Valid." in signature_of(pdf, tmp_path)


def test_the_page_offers_it_and_gives_it_out_as_a_file(li: Visitor) -> None:
    address = f"/wallet/{identifier_of(li, FOOD)}"
    assert f'href="{address}.pdf"' in li.get(address).text
    answer = li.get(f"{address}.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    name = "%E9%A3%9F%E5%93%81%E7%BB%8F%E8%90%A5%E8%AE%B8%E5%8F%AF%E8%AF%81.pdf"
    assert answer.headers["Content-Disposition"].endswith(f"filename*=UTF-8''{name}")
