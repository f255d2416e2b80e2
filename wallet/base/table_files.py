"""Files of many lines: NDJSON, CSV and XLSX, read line by line in flat memory.

What a line says is not looked at here; that is for whoever takes it in.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import openpyxl

from wallet import numbers
from wallet.errors import Invalid

FORMATS: Final = {".csv": "csv", ".xlsx": "xlsx", ".ndjson": "ndjson", ".jsonl": "ndjson"}
"""Ending of a file's name → what it is read as."""
MEDIA_TYPES: Final = {
    "application/x-ndjson": "ndjson",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""Content type of a body → what it is read as."""
_BLOCK: Final = 1 << 20
_STRINGS: Final = ("xl/sharedStrings.xml", "xl/styles.xml")


@dataclass(frozen=True)
class BadCell:
    """A cell that must not be read: the slug and the sentence why."""

    slug: str
    detail: str


Cell = str | int | float | dt.date | BadCell | None
Line = bytes | list[Cell] | BadCell
"""A line of NDJSON, the cells of a row, or why neither can be had."""

FORMULA: Final = BadCell("formula_cell", "单元格是公式，请粘贴为数值后再报送。")
ERROR: Final = BadCell("error_cell", "单元格是错误值，请改正后再报送。")
LOGICAL: Final = BadCell("error_cell", "单元格是逻辑值，请改为文字。")
TIMED: Final = BadCell("date_cell", "单元格的日期带有时间，请只填日期。")
TOO_LONG: Final = BadCell("line_too_long", "这一行过长，请缩短后再报送。")
LOST: Final = BadCell(
    "number_cell", "单元格是数字，第 15 位以后已经丢失；请把这一列设为文本格式，重新填写。"
)
_EXPONENT: Final = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+")
_DIGITS_KEPT: Final = 10**15
"""Excel keeps 15 digits of a number."""


@dataclass(frozen=True)
class Bounds:
    """How many `lines` a file may have, empty ones and the header included, and to how many bytes
    (`unpacked`) an Excel file may unpack."""

    lines: int
    unpacked: int


def cell_text(cell: Cell) -> str | BadCell:
    """What a cell says as text, without spaces around, or why it must not be read."""
    if cell is None or isinstance(cell, BadCell):
        return cell or ""
    if isinstance(cell, str):
        return LOST if _EXPONENT.fullmatch(cell.strip()) else cell.strip(" \u3000")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if abs(cell) >= _DIGITS_KEPT:
        return LOST
    return str(int(cell)) if cell == int(cell) else repr(cell)


def open_lines(
    file: BinaryIO, kind: str, after: int = 0, bounds: Bounds | None = None
) -> tuple[int | None, Iterator[tuple[int, Line]]]:
    """About how many lines with licences there are, and the lines after that number.

    Lines count from 1, empty ones are left out. Of a CSV or XLSX file the header is given first,
    whatever `after`. Nobody may know how many there are: None. Raises Invalid (`batch_unreadable`)
    here, or while the lines are read where the file cannot be read on; what came before is good. Past
    its `bounds` Invalid (`too_many_lines`) is raised.
    """
    most = bounds.lines if bounds else None
    if kind == "xlsx":
        sheet = _sheet(_workbook(file, bounds))
        rows: int | None = sheet.max_row
        return max(0, rows - 1) if rows else None, _read(_xlsx(sheet), after, most, header=True)
    if kind == "csv":
        encoding, count = _encoding(file)
        return max(0, count - 1), _read(_csv(file, encoding), after, most, header=True)
    count = sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
    file.seek(0)
    return count, _read(_ndjson(file), after, most, header=False)


def _read(
    lines: Iterator[tuple[int, Line]], after: int, most: int | None, *, header: bool
) -> Iterator[tuple[int, Line]]:
    try:
        for number, line in lines:
            if most is not None and number > most:
                raise Invalid("文件的行数过多，请分成几个文件。", "too_many_lines")
            if line and (number > after or (number == 1 and header)):
                yield number, line
    except Invalid:
        raise
    except csv.Error:
        raise _unreadable(
            "CSV 文件从这里起读不下去，可能不完整：引号没有配对，或一格过长。"
        ) from None
    except Exception:  # noqa: BLE001 - whatever the libraries say of a broken file
        raise _unreadable("文件读不下去，可能已损坏或不完整，请重新导出后再报送。") from None


def _ndjson(file: BinaryIO) -> Iterator[tuple[int, Line]]:
    number, most = 0, numbers.LICENCE_BODY_MAX
    while line := file.readline(most + 1):
        number += 1
        if len(line) <= most:
            text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            yield number, text.strip(b" \t\r\n")
            continue
        while not line.endswith(b"\n") and (line := file.readline(most)):
            pass
        yield number, TOO_LONG


def _csv(file: BinaryIO, encoding: str) -> Iterator[tuple[int, Line]]:
    file.seek(0)
    csv.field_size_limit(numbers.LICENCE_BODY_MAX)  # a photo in base64 is longer than its default
    text = io.TextIOWrapper(file, encoding, newline="")
    for number, row in enumerate(csv.reader(_bounded(text), strict=True), 1):
        yield number, list(row) if any(cell.strip() for cell in row) else []
    text.detach()


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    most = 2 * numbers.LICENCE_BODY_MAX
    while line := text.readline(most):
        if len(line) == most:
            raise _unreadable("CSV 文件有一行过长，请检查换行后再报送。")
        yield line


def _encoding(file: BinaryIO) -> tuple[str, int]:
    """UTF-8, with or without its mark, else GB18030, which older tables are in; and line breaks."""
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        decoder, count = codecs.getincrementaldecoder(encoding)(), 0
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
                count += block.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, count
    raise _unreadable("CSV 文件的编码不是 UTF-8 或 GB18030，请另存后再报送。")


def _xlsx(sheet: Any) -> Iterator[tuple[int, Line]]:
    sheet.reset_dimensions()
    header: tuple[Any, ...] = next(
        sheet.iter_rows(max_row=1, max_col=numbers.BATCH_COLUMNS_MAX + 1), ()
    )
    names = [_cell(cell) for cell in header]
    while names and names[-1] in (None, ""):
        names.pop()
    yield 1, names
    for number, row in enumerate(sheet.iter_rows(min_row=2, max_col=len(names) + 1), 2):
        cells = [_cell(cell) for cell in row]
        yield number, cells if any(cell not in (None, "") for cell in cells) else []


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, str):
        if value is None or cell.data_type not in ("f", "e"):
            return value
        return FORMULA if cell.data_type == "f" else ERROR
    if isinstance(value, bool):
        return LOGICAL
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else TIMED
    if isinstance(value, int | float | dt.date):
        return value
    return TIMED if isinstance(value, dt.time | dt.timedelta) else FORMULA


def _sheet(book: Any) -> Any:
    if not book.worksheets:
        raise _unreadable("Excel 文件里没有工作表。")
    return book.worksheets[0]


def _workbook(file: BinaryIO, bounds: Bounds | None) -> Any:
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as packed:
            _check_sizes(
                packed.infolist(), bounds.unpacked if bounds else numbers.BATCH_UNPACKED_MAX
            )
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the file has that we do not read
            return openpyxl.load_workbook(file, read_only=True, keep_links=False)
    except Invalid:
        raise
    except Exception:  # noqa: BLE001 - whatever the libraries say of a broken file
        raise _unreadable("不是完整的 Excel 文件（.xlsx），请重新导出后再报送。") from None


def _check_sizes(parts: list[zipfile.ZipInfo], most: int) -> None:
    """Refuse what unpacks to too much, by the sizes that it declares: no more is ever unpacked."""
    strings = sum(part.file_size for part in parts if part.filename in _STRINGS)
    if (
        sum(part.file_size for part in parts) > most
        or strings > numbers.BATCH_STRINGS_MAX
        or any(
            part.file_size > max(_BLOCK, part.compress_size * numbers.BATCH_PACKED_RATIO)
            for part in parts
        )
    ):
        raise _unreadable("Excel 文件展开后过大，请分成几个文件，或改用 CSV。")


def _unreadable(detail: str) -> Invalid:
    return Invalid(detail, "batch_unreadable")
