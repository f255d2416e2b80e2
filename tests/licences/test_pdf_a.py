"""What PDF/A-2b (ISO 19005-2) asks of a sealed licence, read with pypdf; and that the checker of
the other tests does refuse what is none."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from flask import Flask
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf.generic import StreamObject

from tests.support.documents import download, in_a_thread, page_data, pdf_a_of
from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.showing import DRIVING
from wallet.base.clock import read_clock
from wallet.base.document_seal import document_signer
from wallet.base.typesetting import typeset
from wallet.organisations.seals import load_seal, sealed_units

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
FILTERS = {"/FlateDecode", "/DCTDecode"}
"""Of those that ISO 19005-2, 6.1.7 allows; LZW is not among them."""


@pytest.fixture(scope="module")
def sealed(shared_app: Flask) -> bytes:
    """A licence with a photo."""
    return download(sign_in(shared_app, "holder-li"), DRIVING)


@pytest.fixture(scope="module")
def objects(sealed: bytes) -> list[Any]:
    """Every dictionary and stream of it."""
    reader: Any = pypdf.PdfReader(io.BytesIO(sealed))
    numbers = {number for of_generation in reader.xref.values() for number in of_generation}
    numbers |= set(reader.xref_objStm)
    found = [reader.get_object(number) for number in sorted(numbers)]
    return [one for one in found if isinstance(one, dict)]


def streams(objects: list[Any]) -> list[Any]:
    return [one for one in objects if isinstance(one, StreamObject)]


def root(sealed: bytes) -> Any:
    reader: Any = pypdf.PdfReader(io.BytesIO(sealed))
    return reader.trailer["/Root"]


def test_the_header_is_followed_by_a_comment_of_bytes_beyond_ascii(sealed: bytes) -> None:
    first, second = sealed.split(b"\n")[:2]
    assert first.startswith(b"%PDF-1.")
    assert second.startswith(b"%")
    assert sum(byte > 127 for byte in second) >= 4


def test_the_file_has_an_id_is_not_encrypted_and_ends_with_its_mark(sealed: bytes) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(sealed))
    assert len(reader.trailer["/ID"]) == 2
    assert "/Encrypt" not in reader.trailer
    assert sealed.rstrip().endswith(b"%%EOF")


def test_the_metadata_are_a_whole_xmp_packet_that_claims_part_2_level_b(sealed: bytes) -> None:
    stream = root(sealed)["/Metadata"].get_object()
    assert "/Filter" not in stream
    xmp = stream.get_data()
    assert xmp.startswith(b"<?xpacket begin=")
    assert xmp.rstrip().endswith((b'<?xpacket end="r"?>', b'<?xpacket end="w"?>'))
    tree = ET.fromstring(xmp)
    claims = {one.tag: one.text for one in tree.iter() if one.tag.startswith(PDFA)}
    assert claims == {f"{PDFA}part": "2", f"{PDFA}conformance": "B"}


def test_title_and_author_are_the_same_in_both_places(sealed: bytes) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(sealed))
    xmp = root(sealed)["/Metadata"].get_object().get_data().decode()
    assert f">{reader.metadata.title}<" in xmp
    assert f">{reader.metadata.author}<" in xmp


def test_colours_have_a_profile(sealed: bytes) -> None:
    (intent,) = root(sealed)["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_object()["/N"] == 3


def test_nothing_in_it_acts_or_comes_from_elsewhere(sealed: bytes, objects: list[Any]) -> None:
    assert not {"/OpenAction", "/AA", "/NeedsRendering"} & root(sealed).keys()
    # In an element of the structure tree /A are its attributes, elsewhere it is an action.
    keys = {key for one in objects if one.get("/Type") != "/StructElem" for key in one}
    forbidden = {
        "/JS",
        "/JavaScript",
        "/Launch",
        "/AA",
        "/A",
        "/XFA",
        "/EmbeddedFiles",
        "/OPI",
        "/PS",
    }
    assert not keys & forbidden
    assert not any("/F" in one for one in streams(objects)), "a stream that lies elsewhere"


def test_every_stream_is_packed_in_an_allowed_way(objects: list[Any]) -> None:
    used = [one["/Filter"] for one in streams(objects) if "/Filter" in one]
    names = {name for entry in used for name in (entry if isinstance(entry, list) else [entry])}
    assert names <= FILTERS
    assert "/FlateDecode" in names


def test_pictures_neither_interpolate_nor_have_alternates(objects: list[Any]) -> None:
    pictures = [one for one in objects if one.get("/Subtype") == "/Image"]
    assert pictures
    assert not any(one.get("/Interpolate", False) or "/Alternates" in one for one in pictures)


def test_every_font_says_which_characters_its_glyphs_are(objects: list[Any]) -> None:
    fonts = [one for one in objects if one.get("/Type") == "/Font" and "/DescendantFonts" in one]
    assert fonts
    assert all("/ToUnicode" in font and font["/Encoding"] == "/Identity-H" for font in fonts)


def test_a_page_that_was_not_made_for_archives_is_refused(tmp_path: Path) -> None:
    plain = typst.compile(b"A page")
    assert isinstance(plain, bytes)
    assert not pdf_a_of(plain, tmp_path)["valid"]


def test_a_seal_that_writes_the_metadata_anew_is_refused(shared_app: Flask, tmp_path: Path) -> None:
    config = deps_of(shared_app).config
    seal = load_seal(config.seals_dir, config.secret_key, sealed_units(config.seals_dir)[0])
    assert seal is not None
    signer = document_signer(seal.certificate, seal.chain, seal.key)
    page = io.BytesIO(typeset("licence.typ", page_data("证"), read_clock()))
    writer = IncrementalPdfFileWriter(page)
    anew = in_a_thread(lambda: signer.sign_pdf(writer, output=io.BytesIO()))
    assert not pdf_a_of(anew.getvalue(), tmp_path)["valid"]
