"""What stands on a copy cannot be changed: the seal finds it, and so does the code."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, ContentStream, NameObject

from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, begun, printed, trust_of
from tests.support.documents import pdf_a_of, signature_of, text_of
from tests.support.people import Visitor
from tests.support.shared import deps_of
from tests.support.showing import verify
from verify.check import check
from verify.jws import encode_bytes

PURPOSE_SIZE: Final = 24
"""Points of the letters that say what a copy is for."""


def test_its_seal_is_valid_and_covers_the_whole_document_in_both_sizes(
    app: Flask, wang: Visitor, tmp_path: Path
) -> None:
    data = deps_of(app).config.data
    serial = printed(wang, begun(app, wang))["serial"]
    for edition in ("", "?large=1"):
        pdf = wang.get(f"/counter/copies/{serial}.pdf{edition}").data
        told = signature_of(pdf, tmp_path, trusting=data)
        for line in ("Signature is Valid.", "Certificate is Trusted.", "Total document signed"):
            assert line in told
        assert pdf_a_of(pdf, tmp_path)["valid"]


@pytest.mark.parametrize("added", [False, True], ids=["rewritten", "added behind the seal"])
def test_an_altered_purpose_is_found_by_the_seal(
    app: Flask, wang: Visitor, tmp_path: Path, added: bool
) -> None:
    pdf = wang.get(printed(wang, begun(app, wang))["pdf"]).data
    altered = _with_another_purpose(pdf, added=added)
    assert "仅用于高龄申领津贴" in text_of(altered, tmp_path)
    told = signature_of(altered, tmp_path, trusting=deps_of(app).config.data)
    assert not ("Signature is Valid." in told and "Total document signed" in told)


def test_an_altered_purpose_is_found_by_the_code(
    app: Flask, wang: Visitor, zhao: Visitor, clock: Clock
) -> None:
    text = printed(wang, begun(app, wang), item=ALLOWANCE)["text"]
    # Whatever the paper says, the desk reads on its screen what the copy was made for.
    assert verify(zhao, text, ALLOWANCE)["purpose"] == "申领高龄津贴"
    head, body, signature = text.partition("#")[2].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    for member, value in (("i", claims["i"] + 1), ("end", claims["end"] + 1), ("u", 1)):
        changed = encode_bytes(json.dumps(claims | {member: value}).encode())
        code = f"{head}.{changed}.{signature}"
        assert verify(zhao, code, ALLOWANCE)["reason"] == "bad_signature"
        assert check(code, trust_of(deps_of(app)), clock.now.timestamp()).reason == "bad_signature"


def _with_another_purpose(pdf: bytes, *, added: bool) -> bytes:
    """A copy whose largest words stand in another order: as a new file, or `added` behind the sealed one."""
    writer = (
        PdfWriter(io.BytesIO(pdf), incremental=True)
        if added
        else PdfWriter(PdfReader(io.BytesIO(pdf)))
    )
    page: Any = writer.pages[0]
    content = ContentStream(page.get_contents(), writer)
    size = 0.0
    for arguments, operator in content.operations:
        if operator == b"Tf":
            size = arguments[1]
        if operator == b"TJ" and size == PURPOSE_SIZE:
            [shown] = arguments[0]
            glyphs = shown.original_bytes  # two bytes each
            only, first, second, rest = glyphs[:6], glyphs[6:10], glyphs[10:14], glyphs[14:]
            arguments[0] = ArrayObject([ByteStringObject(only + second + first + rest)])
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
