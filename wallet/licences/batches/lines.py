"""A line of a batch as a licence, in the form in which the API takes a single one.

Tables have Chinese headers as issuing systems export them (docs/integrator.md lists them); whatever
they say is put into the API's form and held against the same schema and rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from marshmallow import ValidationError

from wallet import numbers
from wallet.base.clock import read_day
from wallet.base.table_files import BadCell, Line, cell_text
from wallet.catalogue.secrecy import secrecy_of
from wallet.errors import DomainError, Invalid
from wallet.holders.codes import CODE_TYPE_NAMES, ORGANISATION_CODE_TYPES
from wallet.licences.check import NewLicence
from wallet.licences.schemas import NewLicenceSchema
from wallet.web.problems import flatten_messages

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "number": ("证照编号", "证照号码"),
    "version": ("版本", "证照版本"),
    "identifier": ("证照标识", "电子证照标识"),
    "holders.name": ("持证主体名称", "持证主体", "持证人"),
    "holders.code_type": ("持证主体代码类型", "证件类型"),
    "holders.code": ("持证主体代码", "证件号码"),
    "issued_on": ("签发日期", "发证日期"),
    "valid_from": ("有效期起", "有效期起始日期"),
    "valid_until": ("有效期止", "有效期截止日期"),
    "area_code": ("行政区划代码", "行政区划"),
    "secrecy": ("密级",),
}
"""Member of the API's form → its headers; face fields have their labels or keys."""

_OPTIONAL: Final = {"version", "identifier", "secrecy"}
_ENDLESS: Final = {"长期", "长期有效", "永久", "永久有效"}
_SEPARATOR: Final = re.compile("[;；]")
_DAY: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"
    r"|年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})日|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))"
)
_PATH: Final = re.compile("[A-Za-z0-9_.]{1,100}")
_FIELD_OF_SLUG: Final = {
    "holder_code": "holders.code",
    "holder_code_type": "holders.code_type",
    "holder_kind": "holders.code_type",
    "duplicate_holder": "holders.code",
    "validity_reversed": "valid_until",
    "identifier_form": "identifier",
    "identifier_check": "identifier",
    "identifier_type": "identifier",
    "identifier_issuer": "identifier",
    "identifier_version": "identifier",
    "identifier_taken": "identifier",
    "stale_version": "version",
    "licence_revoked": "number",
    "state_secret": "secrecy",
    "unknown_type": "type",
    "not_permitted": "type",
}
_SCHEMA: Final = NewLicenceSchema()


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, see `BatchFault`."""

    column: str | None
    field: str | None
    slug: str
    detail: str


@dataclass(frozen=True)
class Header:
    """What the columns of a table are: the member of each, and what the file calls it.

    `faces` are the face fields of the type, as in the catalogue, by key.
    """

    type_code: str
    members: Sequence[str]
    names: Mapping[str, str]
    faces: Mapping[str, Mapping[str, Any]]


class Faulty(Exception):
    """A line that is no licence; `faults` say why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = faults


def read_header(cells: Line, type_code: str, faces: Sequence[Mapping[str, Any]]) -> Header:
    """What the columns of a table of that type are; raises Invalid (`batch_columns`).

    A column that nobody knows is named by its place: without a header it would be a person's data.
    """
    known = {name: member for member, names in COLUMNS.items() for name in names}
    by_key = {face["key"]: face for face in faces if not face.get("retired")}
    labels = {face["label"]: key for key, face in by_key.items()}
    members: list[str] = []
    while isinstance(cells, list) and cells and cells[-1] in (None, ""):
        cells = cells[:-1]
    if not isinstance(cells, list) or len(cells) > numbers.BATCH_COLUMNS_MAX:
        raise _columns(f"表头最多 {numbers.BATCH_COLUMNS_MAX} 列。")
    for place, cell in enumerate(cells, 1):
        name = cell.strip() if isinstance(cell, str) else ""
        # A column of the licence itself goes before a face field with the same label.
        key = known.get(name) or f"fields.{labels.get(name, name)}"
        if key not in COLUMNS and key.removeprefix("fields.") not in by_key:
            raise _columns(f"第 {place} 列（{_letters(place)}）的表头不认识，请按目录改正。")
        if key in members:
            raise _columns(f"第 {place} 列（{_letters(place)}）与前面的一列重复。")
        members.append(key)
    needed = [member for member in COLUMNS if member not in _OPTIONAL]
    needed += [f"fields.{key}" for key, face in by_key.items() if face["required"]]
    names = {
        member: COLUMNS[member][0] if member in COLUMNS else str(by_key[member[7:]]["label"])
        for member in needed
    } | {member: str(cell).strip() for member, cell in zip(members, cells, strict=True)}
    if missing := [names[member] for member in needed if member not in members]:
        raise _columns(f"缺少这些列：{'、'.join(missing)}。")
    return Header(type_code, members, names, by_key)


def licence_of_line(line: Line, type_code: str | None) -> NewLicence:
    """The licence of a line of NDJSON, which may leave out the batch's type; raises Faulty."""
    if isinstance(line, BadCell):
        raise Faulty([Fault(None, None, line.slug, line.detail)])
    assert isinstance(line, bytes)
    try:
        body = orjson.loads(line)
    except ValueError:
        raise Faulty([Fault(None, None, "bad_request", "这一行不是完整的 JSON。")]) from None
    if type_code is not None and isinstance(body, dict):
        body.setdefault("type", type_code)
    return _load(body, None)


def licence_of_row(line: Line, header: Header) -> NewLicence:
    """The licence of a row of a table; raises Faulty."""
    assert isinstance(line, list)
    cells = list(line)
    while len(cells) > len(header.members) and cells[-1] in (None, ""):
        cells.pop()
    if len(cells) > len(header.members):
        detail = "这一行的格数比表头多，可能有未加引号的逗号。"
        raise Faulty([Fault(None, None, "line_columns", detail)])
    given = dict(zip(header.members, cells, strict=False))
    bad: list[Fault] = []
    texts: dict[str, str] = {}
    for member, cell in given.items():
        text = cell_text(cell)
        if isinstance(text, BadCell):
            bad.append(Fault(header.names[member], member, text.slug, text.detail))
        else:
            texts[member] = text
    if bad:
        raise Faulty(bad)
    return _load(_body(texts, header), header)


def faults_of(error: DomainError, header: Header | None) -> list[Fault]:
    """The faults of a line that breaks a rule."""
    slug = error.slug or "invalid"
    if isinstance(error, Invalid) and error.errors:
        return [
            _fault(path, slug, sentences[0], header) for path, sentences in error.errors.items()
        ]
    field = _FIELD_OF_SLUG.get(slug)
    detail = error.detail
    if header is not None:  # tables have no members: the sentence without the member before it
        detail = re.sub(r"\A[a-z_]+：", "", detail)
    return [Fault(_column(field, header), field, slug, detail)]


def _load(body: Any, header: Header | None) -> NewLicence:
    try:
        new: NewLicence = _SCHEMA.load(body)
    except ValidationError as error:
        messages = flatten_messages(error.messages)
        raise Faulty(
            [_fault(path, "invalid", sentences[0], header) for path, sentences in messages.items()]
        ) from None
    return new


def _fault(path: str, slug: str, sentence: str, header: Header | None) -> Fault:
    member = re.sub(r"\Aholders\.[0-9]+\.", "holders.", path)
    if header is None:
        # What is no member of ours may be anything, a formula for a spreadsheet too.
        return Fault(None, path if _PATH.fullmatch(path) else None, slug, sentence)
    return Fault(_column(member, header), member, slug, sentence)


def _column(member: str | None, header: Header | None) -> str | None:
    return header.names.get(member) if header is not None and member is not None else None


def _body(texts: Mapping[str, str], header: Header) -> dict[str, Any]:
    """The API's form of a row. What is empty is left out, so that the schema asks for it."""
    single = {
        member: text
        for member, text in texts.items()
        if text and member in COLUMNS and not member.startswith("holders.")
    }
    body: dict[str, Any] = {
        "type": header.type_code,
        **single,
        "holders": _holders(texts),
        "fields": {
            member.removeprefix("fields."): _face(text, header.faces[member[7:]])
            for member, text in texts.items()
            if member.startswith("fields.")
        },
    }
    for member in ("issued_on", "valid_from", "valid_until"):
        if member in body:
            body[member] = _day(body[member])
    if texts.get("valid_until", "") in _ENDLESS:
        body["valid_until"] = None
    if "version" in body and body["version"].isdecimal() and len(body["version"]) <= 3:
        body["version"] = int(body["version"])
    if "secrecy" in body:
        body["secrecy"] = secrecy_of(body["secrecy"])
    if "area_code" in body:
        body["area_code"] = unicodedata.normalize("NFKC", body["area_code"])
    return body


def _holders(texts: Mapping[str, str]) -> list[dict[str, str]]:
    names, types, codes = (
        [part.strip() for part in _SEPARATOR.split(texts.get(f"holders.{member}", ""))]
        for member in ("name", "code_type", "code")
    )
    if len(types) == 1:
        types *= len(codes)
    if not len(names) == len(types) == len(codes):
        detail = "几个持证主体的名称、证件类型、证件号码个数不一致；各用分号隔开。"
        raise Faulty([Fault(None, "holders", "holder_count", detail)])
    holders = []
    for name, given, code in zip(names, types, codes, strict=True):
        code_type = CODE_TYPE_NAMES.get(given, unicodedata.normalize("NFKC", given))
        kind = "organisation" if code_type in ORGANISATION_CODE_TYPES else "person"
        holder = {"kind": kind, "code_type": code_type, "code": code, "name": name}
        holders.append({member: value for member, value in holder.items() if value})
    return holders


def _face(text: str, face: Mapping[str, Any]) -> str:
    if face["type"] == "date":
        return _day(text)
    if face["type"] == "code":
        codes = face.get("codes", [])
        return next((str(code["code"]) for code in codes if code["label"] == text), text)
    if face["type"] == "number":
        return unicodedata.normalize("NFKC", text)
    return text


def _day(text: str) -> str:
    """A day in the forms that occur as YYYY-MM-DD; what is none is left for the schema."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if found is None:
        return text
    year, _, *parts = found.groups()
    month, day = (part for part in parts if part is not None)
    written = f"{year}-{int(month):02d}-{int(day):02d}"
    try:
        return read_day(written).isoformat()
    except ValueError:
        return text


def _letters(place: int) -> str:
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _columns(detail: str) -> Invalid:
    return Invalid(detail, "batch_columns")
