"""Use items from a table, for a managing unit that begins with hundreds of them.

A line is a licence type of a material of an item; the lines of an item stand together, and what is said of
the item or of the material once may be left out on the lines after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.spreadsheets import is_formula
from wallet.base.table_files import BadCell, Line, open_lines
from wallet.catalogue.drafts import OPEN, begin_draft
from wallet.catalogue.model import LicenceType, UseItemVersion
from wallet.catalogue.register import locked, move, note_step
from wallet.catalogue.use_list.drafts import ITEMS
from wallet.catalogue.use_list.entry import checked_item, item_row
from wallet.errors import DomainError, Invalid
from wallet.numbers import ITEM_MATERIALS_MAX, MATERIAL_TYPES_MAX
from wallet.organisations.model import Unit

ACTOR: Final = "command"
"""How the audit trail names whoever runs a command."""
KINDS: Final = {".csv": "csv", ".xlsx": "xlsx"}
"""Ending of a file's name → what it is read as."""
_ITEM: Final = {
    "事项代码": "code", "单位代码": "unit", "事项名称": "name", "事项英文名": "name_en",
    "场景": "scene", "征得同意": "consent", "用途": "purpose", "用途英文": "purpose_en",
    "留存": "retention", "留存英文": "retention_en", "传统渠道": "traditional_channel",
    "传统渠道英文": "traditional_channel_en", "依据": "basis", "依据文件": "basis_document",
}  # fmt: skip
_MATERIAL: Final = {
    "材料": "name", "材料英文名": "name_en", "必需": "needed", "满足方式": "satisfied_by",
}  # fmt: skip
_TYPE: Final = ("证照类型", "可看信息")
COLUMNS: Final = (*_ITEM, *_MATERIAL, *_TYPE)
"""The headers of a table, in any order."""
_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "场景": {"政务": "government", "社会化": "social", "平台核验": "platform"},
    "征得同意": {"是": "ask", "否": "none"},
    "必需": {"是": True, "否": False},
    "满足方式": {"任一": "any_of", "全部": "all_of", "": "any_of"},
}
"""Column → its words, and what they mean."""
_LINES_MAX: Final = ITEM_MATERIALS_MAX * MATERIAL_TYPES_MAX

_Row = dict[str, str]
_Rows = list[tuple[int, _Row]]


@dataclass(frozen=True)
class ItemsImported:
    """How many items were new, how many were there already as the table says them, and what is wrong
    with which line."""

    added: int
    known: int
    faults: Sequence[str]


class _Rolled(Exception):
    """Nothing is kept of a table with faults, or of a dry run."""


def import_items(deps: Deps, file: Path, now: datetime, *, dry: bool) -> ItemsImported:
    """Draft and submit every item of a CSV or XLSX file; all of them or, with faults or `dry`, none.

    Each waits for a manager like one that its unit has submitted: a table publishes nothing. An item whose
    published or submitted version says the same is left alone. Columns as in `COLUMNS`, types by name or
    code, fields by label or key with 、 between. Raises Invalid (`batch_unreadable`, `batch_columns`).
    """
    added, known, faults = 0, 0, list[str]()
    with file.open("rb") as opened:
        _count, lines = open_lines(opened, KINDS[file.suffix.lower()])
        try:
            with deps.db.begin() as tx:
                types = _Types(tx)
                for rows in _items(_rows(lines, faults), faults):
                    try:
                        new = _add(tx, rows, types, now)
                    except DomainError as refused:
                        faults.append(f"第 {rows[0][0]} 行：{refused.detail}")
                    else:
                        added, known = added + new, known + (not new)
                if faults or dry:
                    raise _Rolled
        except _Rolled:
            added = 0 if faults else added
    return ItemsImported(added, known, faults)


class _Types:
    """The published types by code and by name, and the fields of each by key and by label."""

    def __init__(self, tx: Connection) -> None:
        self.codes: dict[str, str] = {}
        self.keys: dict[str, dict[str, str]] = {}
        columns = (LicenceType.code, LicenceType.name, LicenceType.fields)
        for row in tx.execute(select(*columns)):
            self.codes |= {row.name: row.code, row.code: row.code}
            kept = [field for field in row.fields if not field.get("retired")]
            labels = {field["label"]: field["key"] for field in kept}
            self.keys[row.code] = labels | {field["key"]: field["key"] for field in kept}


def _rows(lines: Iterator[tuple[int, Line]], faults: list[str]) -> Iterator[tuple[int, _Row]]:
    """The lines as texts by column; what cannot be read is a fault, and its line is left out."""
    header = _header(next(lines, (1, []))[1])
    for number, line in lines:
        if not isinstance(line, list):
            faults.append(f"第 {number} 行：{getattr(line, 'detail', '读不懂这一行。')}")
            continue
        cells = [*line, *[None] * (len(header) - len(line))]
        if any(cell not in (None, "") for cell in cells[len(header) :]):
            faults.append(f"第 {number} 行：格数比表头多，可能有未加引号的逗号。")
            continue
        row: _Row = {}
        for column, cell in zip(header, cells, strict=False):
            if isinstance(cell, BadCell):
                faults.append(f"第 {number} 行“{column}”：{cell.detail}")
            elif cell is not None and not isinstance(cell, str):
                faults.append(f"第 {number} 行“{column}”：请把这一列设为文本格式，重新填写。")
            elif is_formula(text := (cell or "").strip()):
                faults.append(f"第 {number} 行“{column}”：不能以 =、+、-、@ 开头。")
            else:
                row[column] = text
        if len(row) == len(header):
            yield number, row


def _header(line: Line) -> list[str]:
    names = [str(cell or "").strip() for cell in line] if isinstance(line, list) else []
    while names and not names[-1]:
        names.pop()
    if sorted(names) != sorted(COLUMNS):
        raise Invalid(f"表头应为：{'、'.join(COLUMNS)}。", "batch_columns")
    return names


def _items(rows: Iterable[tuple[int, _Row]], faults: list[str]) -> Iterator[_Rows]:
    """The rows of one item after the other; an item with too many lines is a fault."""
    of_item: _Rows = []
    for number, row in rows:
        if of_item and row["事项代码"] not in ("", of_item[0][1]["事项代码"]):
            yield of_item
            of_item = []
        if len(of_item) < _LINES_MAX:
            of_item.append((number, row))
        else:
            faults.append(f"第 {number} 行：一个事项最多 {_LINES_MAX} 行。")
    if of_item:
        yield of_item


def _add(tx: Connection, rows: _Rows, types: _Types, now: datetime) -> bool:
    """Draft and submit the item of these rows; False where it is there already."""
    item = _said_once(rows, _ITEM)
    code, unit_code = item.pop("code"), item.pop("unit")
    unit = tx.execute(select(Unit.id).where(Unit.code == unit_code)).scalar_one_or_none()
    if unit is None:
        raise Invalid("没有登记这个单位代码。")
    given = {**item, "basis_document": item["basis_document"] or None}
    given["materials"] = _materials(rows, types)
    published = item_row(tx, code)
    content = checked_item(tx, code, unit, given)
    if _is_there(tx, published, code, content):
        return False
    version = 1 if published is None else published.version + 1
    draft = begin_draft(tx, ITEMS, ACTOR, unit, code, version, content, now)
    row = locked(tx, ITEMS, draft.id, UseItemVersion.unit_id == unit)
    move(tx, ITEMS, row, "submitted", now)
    note_step(tx, ITEMS, row, ACTOR, "submitted", None, now)
    return True


def _is_there(
    tx: Connection, published: AnyRow | None, code: str, content: Mapping[str, Any]
) -> bool:
    if published is not None and all(
        getattr(published, member) == said for member, said in content.items()
    ):
        return True
    waiting = tx.execute(
        select(UseItemVersion.content).where(
            UseItemVersion.code == code, UseItemVersion.state.in_(OPEN)
        )
    ).scalars()
    return content in list(waiting)


def _materials(rows: _Rows, types: _Types) -> list[dict[str, Any]]:
    by_name: dict[str, _Rows] = {}
    name = ""
    for number, row in rows:
        name = row["材料"] or name
        by_name.setdefault(name, []).append((number, row))
    return [
        _said_once(some, _MATERIAL) | {"types": [_necessary(*one, types) for one in some]}
        for some in by_name.values()
    ]


def _said_once(rows: _Rows, columns: Mapping[str, str]) -> dict[str, Any]:
    """What the first row says of these columns; the others say the same, or nothing."""
    first = rows[0][1]
    for number, row in rows[1:]:
        for column in columns:
            if row[column] not in ("", first[column]):
                raise Invalid(f"第 {number} 行的“{column}”与第 {rows[0][0]} 行不同。")
    said: dict[str, Any] = {}
    for column, member in columns.items():
        words = _WORDS.get(column)
        if words is not None and first[column] not in words:
            choices = "、".join(word for word in words if word)
            raise Invalid(f"“{column}”应为 {choices} 之一。")
        said[member] = first[column] if words is None else words[first[column]]
    return said


def _necessary(number: int, row: _Row, types: _Types) -> dict[str, Any]:
    code = types.codes.get(row["证照类型"])
    if code is None:
        raise Invalid(f"第 {number} 行的证照类型不在发证目录中。")
    named = [one.strip() for one in row["可看信息"].replace(",", "、").split("、") if one.strip()]
    keys = types.keys[code]
    if unknown := [one for one in named if one not in keys]:
        raise Invalid(f"第 {number} 行：这种证照的现行版本没有这些信息：{'、'.join(unknown)}。")
    return {"type": code, "fields": [keys[one] for one in named]}
