"""Files of licences as issuing systems export them, and a worker that takes them in at once."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

import openpyxl
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.licences import FOOD
from tests.support.people import Machine
from tests.support.shared import deps_of
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.licences.batches.claim import claim_next
from wallet.licences.batches.work import work_off

BATCHES: Final = "/api/v1/licence-batches"
KINDS: Final = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADERS: Final = {
    "证照编号": "number",
    "版本": "version",
    "证照标识": "identifier",
    "签发日期": "issued_on",
    "有效期起": "valid_from",
    "有效期止": "valid_until",
    "行政区划代码": "area_code",
}
HOLDERS: Final = {"持证主体名称": "name", "证件类型": "code_type", "证件号码": "code"}
FACES: Final = {
    "许可证编号": "number",
    "经营者名称": "operator_name",
    "社会信用代码": "credit_code",
    "法定代表人（负责人）": "responsible_person",
    "住所": "domicile",
    "经营场所": "premises",
    "主体业态": "business_form",
    "经营项目": "business_items",
    "备注": "remarks",
}
COLUMNS: Final = [*HEADERS, *HOLDERS, *FACES]
SHEET: Final = "xl/worksheets/sheet1.xml"
TYPES: Final = "[Content_Types].xml"
STRINGS: Final = "xl/sharedStrings.xml"
Cells = list[Any]


def row_of(body: Mapping[str, Any], **cells: Any) -> Cells:
    """A licence of the API's form as a row under COLUMNS, but for these cells."""
    row = {header: body.get(member) for header, member in HEADERS.items()}
    if "valid_until" in body and body["valid_until"] is None:
        row["有效期止"] = "长期"
    for header, member in HOLDERS.items():
        row[header] = "；".join(str(holder.get(member, "")) for holder in body["holders"])
    row |= {header: body["fields"].get(key) for header, key in FACES.items()}
    return list((row | cells).values())


def csv_of(rows: Sequence[Cells], header: Cells | None = None, encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS if header is None else header, *rows])
    return text.getvalue().encode(encoding)


def xlsx_of(rows: Sequence[Cells], header: Cells | None = None) -> bytes:
    """An Excel file."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [COLUMNS if header is None else header, *rows]:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ndjson_of(bodies: Sequence[Any]) -> bytes:
    """A file of JSON lines."""
    return b"".join(json.dumps(body, ensure_ascii=False).encode() + b"\n" for body in bodies)


def upload(issuer: Machine, file: bytes, kind: str, type_code: str | None = FOOD) -> TestResponse:
    """Send a file in."""
    query = f"?type={type_code}" if type_code else ""
    return issuer.http.post(
        BATCHES + query, data=file, content_type=KINDS[kind], headers=issuer.headers
    )


def taken_in(
    app: Flask, issuer: Machine, file: bytes, kind: str, type_code: str | None = FOOD
) -> dict[str, Any]:
    """Send a file in, work it off, and give what the batch then says."""
    answer = upload(issuer, file, kind, type_code)
    assert answer.status_code == 202, answer.text
    work_all(deps_of(app))
    return progress(issuer, answer.get_json()["id"])


def progress(issuer: Machine, batch: str, query: str = "?limit=200") -> dict[str, Any]:
    """What a batch says."""
    answer = issuer.get(f"{BATCHES}/{batch}{query}")
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def work_all(deps: Deps) -> None:
    """Work every batch off that waits."""
    while batch := claim_next(deps, read_clock()):
        work_off(deps, batch, read_clock)


def with_part(file: bytes, name: str, content: bytes) -> bytes:
    """An Excel file with that part, in the place of another of that name."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in {*old.namelist(), name}:
            new.writestr(part, content if part == name else old.read(part))
    return made.getvalue()


def with_shared_strings(file: bytes) -> bytes:
    """An Excel file whose texts stand apart from its sheet, as Excel itself writes them."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        sheet, types = parts.read(SHEET).decode(), parts.read(TYPES).decode()
    texts: list[str] = []

    def shared(found: re.Match[str]) -> str:
        texts.append(found[2])
        return f'<c{found[1]} t="s"><v>{len(texts) - 1}</v></c>'

    sheet = re.sub(r'<c([^>]*) t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>', shared, sheet)
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    table = f'<sst xmlns="{namespace}" uniqueCount="{len(texts)}">{strings}</sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/{STRINGS}" ContentType="{kind}"/></Types>'
    for part, content in ((SHEET, sheet), (STRINGS, table),
                          (TYPES, types.replace("</Types>", override))):  # fmt: skip
        file = with_part(file, part, content.encode())
    return file
