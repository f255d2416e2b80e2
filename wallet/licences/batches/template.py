"""Empty files to fill in, with the headers that `batches.lines` reads."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import openpyxl
import orjson
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from wallet.base.spreadsheets import is_formula
from wallet.holders.codes import CODE_TYPE_NAMES
from wallet.licences.batches.lines import COLUMNS
from wallet.licences.of_unit import UnitType

_NOTES: Final = {
    "number": "必填",
    "version": "可不填；更新已有证照时填 2、3……",
    "identifier": "可不填，由系统编制",
    "holders.name": "必填；几个持证主体用分号隔开",
    "holders.code_type": f"必填；{'、'.join(list(CODE_TYPE_NAMES)[:4])}等，或代码",
    "holders.code": "必填；与名称一一对应",
    "issued_on": "必填；如 2026-03-31",
    "valid_from": "必填；如 2026-03-31",
    "valid_until": "必填；没有期限填“长期”",
    "area_code": "必填；6 位",
}
_FORMS: Final = {
    "text": "文字",
    "date": "日期，如 2026-03-31",
    "number": "数字",
    "photo": "照片的 base64（JPEG 或 PNG）；照片多时请用 NDJSON",
}


def template_file(kind: UnitType, form: str) -> bytes:
    """A file of `form` (csv, xlsx, ndjson) for the licences of a type, without any licence.

    Of NDJSON it is a line to be filled in.
    """
    if form == "ndjson":
        return _line(kind)
    columns = [(COLUMNS[member][0], note) for member, note in _NOTES.items()]
    columns += [_face_column(face) for face in kind.fields]
    if form == "xlsx":
        return _sheet(columns)
    text = io.StringIO()
    csv.writer(text).writerow(name for name, _ in columns)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def _face_column(face: Mapping[str, Any]) -> tuple[str, str]:
    """The header of a face field: its label; its key where a column of the licence has the name, or a
    spreadsheet would reckon it."""
    taken = {name for names in COLUMNS.values() for name in names}
    unfit = face["label"] in taken or is_formula(face["label"])
    name = face["key"] if unfit else face["label"]
    written = _FORMS.get(face["type"]) or "、".join(code["label"] for code in face.get("codes", []))
    return str(name), f"{'必填' if face['required'] else '可不填'}；{written}"


def _sheet(columns: Sequence[tuple[str, str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet, notes = book.active, book.create_sheet("说明")
    assert sheet is not None
    sheet.title = "证照"
    sheet.freeze_panes = "A2"
    for place, (name, _) in enumerate(columns, 1):
        sheet.cell(1, place, name).font = Font(bold=True)
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width = max(12, 2 * len(name) + 4)
        # As text: of a number of 18 digits Excel keeps 15.
        column.number_format = "@"
    for row in [("列", "怎么填"), *columns]:
        notes.append(row)
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 28, 60
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _line(kind: UnitType) -> bytes:
    holder = {"kind": "", "code_type": "", "code": "", "name": ""}
    licence = {
        "type": kind.code,
        "number": "",
        "holders": [holder],
        "issued_on": "",
        "valid_from": "",
        "valid_until": None,
        "area_code": "",
        "fields": {face["key"]: "" for face in kind.fields},
    }
    return orjson.dumps(licence) + b"\n"
