"""Files that are no good: broken, cut off, too large when unpacked, or not what they say."""

from __future__ import annotations

import io
import resource
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from flask import Flask

from tests.support.batches import (
    BATCHES,
    COLUMNS,
    KINDS,
    SHEET,
    STRINGS,
    csv_of,
    ndjson_of,
    row_of,
    taken_in,
    upload,
    with_part,
    with_shared_strings,
    work_all,
    xlsx_of,
)
from tests.support.licences import (
    encoded,
    food_licence,
    image_of,
    licences_stored,
    operator_licence,
)
from tests.support.people import Machine
from tests.support.shared import deps_of
from wallet import numbers


def failed(app: Flask, issuer: Machine, file: bytes, kind: str) -> str:
    """The slug with which a file fails of which nothing is stored."""
    before = licences_stored(deps_of(app))
    said = taken_in(app, issuer, file, kind)
    assert (said["state"], said["stored"]) == ("failed", 0)
    assert said["error_detail"]
    assert licences_stored(deps_of(app)) == before
    assert list(deps_of(app).config.batches_dir.iterdir()) == []
    slug: str = said["error_slug"]
    return slug


ENTITIES: Final = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">'.encode() for at in range(9))
    + b"]><worksheet>&j;</worksheet>"
)


def test_what_is_no_excel_file_fails_with_a_reason(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    whole = xlsx_of([row_of(food_licence(data)) for _ in range(50)])
    for file in (
        b"no zip",
        whole[: len(whole) // 2],
        whole[:-30],
        with_part(whole, SHEET, b"<worksheet><sheetData><row>"),
        with_part(whole, SHEET, ENTITIES),
        with_part(whole, "xl/workbook.xml", b"<workbook/>"),
        with_part(whole, "[Content_Types].xml", b""),
    ):
        assert failed(shared_app, issuer, file, "xlsx") == "batch_unreadable"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    bomb = with_part(xlsx_of([row_of(food_licence(data))]), SHEET, b" " * 300_000_000)
    assert len(bomb) < 1_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert failed(shared_app, issuer, bomb, "xlsx") == "batch_unreadable"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_table_of_which_the_end_is_missing_keeps_what_came_before(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    file = csv_of([row_of(food_licence(data)) for _ in range(3)]) + '"JY1,没有结束的引号'.encode()
    said = taken_in(shared_app, issuer, file, "csv")
    assert (said["state"], said["error_slug"]) == ("failed", "batch_unreadable")
    assert (said["stored"], said["failed"]) == (3, 0)


def test_a_line_of_which_the_end_is_missing_is_a_fault_of_that_line(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    file = ndjson_of([food_licence(data), food_licence(data)])
    said = taken_in(shared_app, issuer, file[:-40], "ndjson")
    assert (said["state"], said["stored"], said["failed"]) == ("done", 1, 1)
    assert said["items"][0]["slug"] == "bad_request"


@pytest.mark.parametrize("file", ["证照".encode("utf-16"), b"\xff\xff\xff", b'a"b,"c\n"'])
def test_a_table_in_another_encoding_or_form_fails(
    shared_app: Flask, issuer: Machine, file: bytes
) -> None:
    assert failed(shared_app, issuer, file, "csv") in ("batch_unreadable", "batch_columns")


def test_a_header_that_is_unknown_missing_or_twice_fails_without_repeating_it(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    row = row_of(food_licence(data))
    for header in (row, [*COLUMNS[:-1], "颜色"], [*COLUMNS[:-1], COLUMNS[0]], COLUMNS[1:]):
        said = taken_in(shared_app, issuer, csv_of([row[: len(header)]], header), "csv")
        assert (said["state"], said["error_slug"], said["done"]) == ("failed", "batch_columns", 0)
        assert "李明" not in said["error_detail"]
    assert "证照编号" in said["error_detail"]


def test_a_row_with_more_cells_than_headers_is_a_fault(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    row = row_of(food_licence(data))
    for made, kind in ((csv_of, "csv"), (xlsx_of, "xlsx")):
        said = taken_in(shared_app, issuer, made([[*row, "更多"]]), kind)
        assert [fault["slug"] for fault in said["items"]] == ["line_columns"]


CELLS: Final[dict[str, tuple[str, Any, str]]] = {
    "a formula": ("经营项目", "=1+1", "formula_cell"),
    "an error": ("经营项目", "#N/A", "error_cell"),
    "a logical value": ("经营项目", True, "error_cell"),
    "a day with a time": ("签发日期", datetime(2026, 1, 5, 9, 30), "date_cell"),  # noqa: DTZ001
    "an ID as a number": ("证件号码", 150602199003077513, "number_cell"),
}


def test_cells_that_excel_has_changed_or_would_compute_are_refused(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    rows = [row_of(food_licence(data), **{name: cell}) for name, cell, _ in CELLS.values()]
    rows.append(
        row_of(food_licence(data), 签发日期=date(2026, 1, 5), 有效期起=datetime(2026, 1, 5))  # noqa: DTZ001
    )
    said = taken_in(shared_app, issuer, xlsx_of(rows), "xlsx")
    assert said["stored"] == 1
    assert [(fault["column"], fault["slug"]) for fault in said["items"]] == [
        (name, slug) for name, _, slug in CELLS.values()
    ]


def test_texts_that_stand_apart_from_the_sheet_are_found(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    file = with_shared_strings(xlsx_of([row_of(food_licence(data)) for _ in range(3)]))
    said = taken_in(shared_app, issuer, file, "xlsx")
    assert (said["stored"], said["items"]) == (3, [])
    broken = with_part(file, STRINGS, b"<sst>")
    assert failed(shared_app, issuer, broken, "xlsx") == "batch_unreadable"


def test_words_that_look_like_a_formula_are_words(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([row_of(food_licence(data))])))
    cell = book.worksheets[0].cell(2, COLUMNS.index("备注") + 1)
    cell.value, cell.data_type = "=HYPERLINK(1)", "s"
    file = io.BytesIO()
    book.save(file)
    said = taken_in(shared_app, issuer, file.getvalue(), "xlsx")
    assert (said["stored"], said["items"]) == (1, [])


def test_empty_rows_and_columns_at_the_end_are_nothing_and_lines_keep_their_numbers(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    good, bad = row_of(food_licence(data)), row_of(food_licence(data), 证照编号="")
    for made, kind in ((csv_of, "csv"), (xlsx_of, "xlsx")):
        rows = [[], [*bad, "", ""], ["", ""], []]
        said = taken_in(shared_app, issuer, made(rows, [*COLUMNS, "", ""]), kind)
        assert [fault["line"] for fault in said["items"]] == [3], kind
    assert good


def test_a_line_may_be_as_long_as_a_licence_and_no_byte_more(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    body = operator_licence(data, encoded(image_of(numbers.PHOTO_MAX)))
    line = ndjson_of([body]).rstrip(b"\n")
    for length, stored in ((numbers.LICENCE_BODY_MAX + 1, 0), (numbers.LICENCE_BODY_MAX, 1)):
        said = taken_in(shared_app, issuer, line.ljust(length - 1) + b"\n" + b"{}", "ndjson")
        assert said["stored"] == stored
        assert said["items"][0]["slug"] == ("invalid" if stored else "line_too_long")
        assert said["items"][-1]["line"] == 2


def test_what_is_not_a_file_of_ours_is_refused_at_once(
    shared_app: Flask, issuer: Machine, data: Path
) -> None:
    file = ndjson_of([food_licence(data)])
    assert upload(issuer, b"", "csv").get_json()["slug"] == "batch_empty"
    assert upload(issuer, file, "csv", None).get_json()["slug"] == "type_required"
    assert upload(issuer, file, "csv", "no-such-type").get_json()["slug"] == "unknown_type"
    assert upload(issuer, file, "ndjson", "driving-licence").status_code in (403, 422)
    for content_type, more in (("text/plain", {}), (KINDS["csv"], {"Content-Encoding": "gzip"})):
        answer = issuer.http.post(BATCHES, data=file, content_type=content_type,
                                  headers=issuer.headers | more)  # fmt: skip
        assert (answer.status_code, answer.get_json()["slug"]) == (415, "unsupported_media_type")
    work_all(deps_of(shared_app))
    assert list(deps_of(shared_app).config.batches_dir.iterdir()) == []
