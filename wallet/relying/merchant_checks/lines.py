"""Lines of a list as JSON lines, CSV or Excel: an identifier, or a number and the name of its holder."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from marshmallow import ValidationError, fields, validates_schema

from wallet import numbers
from wallet.base.table_files import BadCell, Bounds, Cell, Line, cell_text, open_lines
from wallet.errors import Invalid
from wallet.licences.batches.lines import COLUMNS as LICENCE_COLUMNS
from wallet.web.schemas import StrictSchema, Text

COLUMNS: Final = {
    "identifier": (*LICENCE_COLUMNS["identifier"], "identifier"),
    "number": (*LICENCE_COLUMNS["number"], "number"),
    "name": (*LICENCE_COLUMNS["holders.name"], "name"),
    "ref": ("平台编号", "ref"),
}
"""Member of a line → its headers in a table."""
_LINE_FORM: Final = "line_form"
_KNOWN: Final = {header: member for member, headers in COLUMNS.items() for header in headers}
_BOUNDS: Final = Bounds(numbers.MERCHANT_CHECK_LINES + 1, numbers.MERCHANT_CHECK_UNPACKED_MAX)


@dataclass(frozen=True)
class Asked:
    """What a line asks for: an identifier, or a number and the name of its holder."""

    identifier: str | None = None
    number: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class AskedLine:
    """A line by its number in the file, and what the platform calls it; `asked` is None where it cannot
    be read, and `fault` the slug that says why."""

    line: int
    ref: str | None
    asked: Asked | None
    fault: str | None = None


class _LineSchema(StrictSchema):
    identifier = Text(max_length=100)
    number = Text(max_length=100)
    name = Text(max_length=200)
    ref = Text(max_length=numbers.MERCHANT_REF_MAX)

    @validates_schema
    def asks_for_one(self, data: dict[str, str], **_: Any) -> None:
        """An identifier alone, or a number with a name."""
        if data.keys() - {"ref"} not in ({"identifier"}, {"number", "name"}):
            raise ValidationError("应为 identifier，或 number 和 name。")


_SCHEMA: Final = _LineSchema()
_REF: Final[fields.String] = _SCHEMA.fields["ref"]  # type: ignore[assignment]


def asked_lines(body: bytes, kind: str) -> list[AskedLine]:
    """The lines of a list; `kind` is ndjson, csv or xlsx.

    Raises Invalid (`list_empty`, `too_many_lines`, `list_columns`, `batch_unreadable`).
    """
    _count, lines = open_lines(io.BytesIO(body), kind, bounds=_BOUNDS)
    read = list(_of_json(lines) if kind == "ndjson" else _of_table(lines))
    if not read:
        raise Invalid("名单是空的。", "list_empty")
    if len(read) > numbers.MERCHANT_CHECK_LINES:
        detail = f"一份名单最多 {numbers.MERCHANT_CHECK_LINES} 行，请分成几份。"
        raise Invalid(detail, "too_many_lines")
    return read


def _of_json(lines: Iterator[tuple[int, Line]]) -> Iterator[AskedLine]:
    for number, line in lines:
        if isinstance(line, bytes):
            try:
                yield _line(number, orjson.loads(line))
            except ValueError:
                yield AskedLine(number, None, None, _LINE_FORM)
        else:
            yield AskedLine(number, None, None, getattr(line, "slug", _LINE_FORM))


def _of_table(lines: Iterator[tuple[int, Line]]) -> Iterator[AskedLine]:
    members = _header(next(lines, (1, []))[1])
    for number, cells in lines:
        assert isinstance(cells, list)
        yield _row(number, members, cells)


def _header(cells: Line) -> Sequence[str]:
    names = [cell.strip() if isinstance(cell, str) else "" for cell in cells or ()]  # type: ignore[union-attr]
    while names and not names[-1]:
        names.pop()
    members = [_KNOWN.get(name, "") for name in names]
    asks = "identifier" in members or {"number", "name"} <= set(members)
    if "" in members or len(set(members)) != len(members) or not asks:
        detail = "表头应有证照标识，或证照编号和持证主体名称；另可有平台编号，不能有别的列。"
        raise Invalid(detail, "list_columns")
    return members


def _row(number: int, members: Sequence[str], cells: Sequence[Cell]) -> AskedLine:
    if any(cell not in (None, "") for cell in cells[len(members) :]):
        return AskedLine(number, None, None, "line_columns")
    texts = {member: cell_text(cell) for member, cell in zip(members, cells, strict=False)}
    bad = next((text for text in texts.values() if isinstance(text, BadCell)), None)
    if bad is not None:
        return AskedLine(number, _ref_of(texts), None, bad.slug)
    return _line(number, {member: text for member, text in texts.items() if text})


def _line(number: int, given: Any) -> AskedLine:
    try:
        read = _SCHEMA.load(given)
    except ValidationError:
        return AskedLine(number, _ref_of(given), None, _LINE_FORM)
    ref = read.pop("ref", None)
    return AskedLine(number, ref, Asked(**read))


def _ref_of(given: Any) -> str | None:
    """What a line that cannot be read is called, if that can."""
    try:
        ref: str = _REF.deserialize(given["ref"])
    except (ValidationError, KeyError, TypeError):
        return None
    return ref
