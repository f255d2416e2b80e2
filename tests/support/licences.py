"""Licences as an issuer's system sends them, photos, and what the library keeps of them."""

from __future__ import annotations

import base64
import io
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import func, insert, select

from tests.support.people import Machine, credentials
from tests.support.shared import deps_of
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.licences.model import IDENTIFIER, Licence
from wallet.organisations.model import Client, Unit
from wallet.web.sessions import start_session

FOOD = "food-operation-permit"
OPERATOR = "special-equipment-operator"
FOOD_TYPE_CODE = "11100000MADEM1014H025"
ISSUER_CODE = "11150602MADEM0230U"
"""The unit of the demo's client `issuer`."""
OTHER_ISSUER_CODE = "11150603MADEM0329T"
"""Another unit that issues food operation permits."""
PATH = "/api/v1/licences"


def person(data: Path, persona: str = "holder-li") -> dict[str, Any]:
    """A person of the demo as a holder."""
    return {"kind": "person", **credentials(data, "people")[persona]}


def food_licence(data: Path, **changes: Any) -> dict[str, Any]:
    """A food operation permit of holder-li that keeps every rule, but for the changes."""
    number = f"JY{uuid.uuid4().hex[:12].upper()}"
    body = {
        "type": FOOD,
        "number": number,
        "holders": [person(data)],
        "issued_on": day(-1),
        "valid_from": day(0),
        "valid_until": day(365),
        "area_code": "150602",
        "fields": food_fields(number=number),
    }
    return body | changes


def food_fields(**changes: Any) -> dict[str, Any]:
    """The face of a food operation permit."""
    fields = {
        "number": "JY11506020000001",
        "operator_name": "东胜区老李面馆（演示）",
        "credit_code": "92150602MADEM0701B",
        "responsible_person": "李明",
        "domicile": "鄂尔多斯市东胜区（演示）",
        "premises": "鄂尔多斯市东胜区（演示）",
        "business_form": "3",
        "business_items": "热食类食品制售",
    }
    return fields | changes


def operator_licence(data: Path, photo: str) -> dict[str, Any]:
    """A special equipment operator's certificate of holder-li with this photo."""
    number = f"TS{uuid.uuid4().hex[:12].upper()}"
    return food_licence(data) | {
        "type": OPERATOR,
        "number": number,
        "fields": {
            "number": number,
            "name": "李明",
            "gender": "1",
            "operation_items": "叉车司机",
            "approved_on": day(-1),
            "photo": photo,
        },
    }


def day(after: int) -> str:
    """The local day that many days from today."""
    return (local_day(read_clock()) + timedelta(days=after)).isoformat()


def image(width: int, height: int, kind: str = "PNG") -> bytes:
    """A grey image."""
    file = io.BytesIO()
    Image.new("L", (width, height), 128).save(file, kind)
    return file.getvalue()


def image_of(size: int) -> bytes:
    """A JPEG of exactly that many bytes: a comment segment repeated before its end fills it."""
    jpeg = image(16, 16, "JPEG")
    start, rest = jpeg[:2], jpeg[2:]
    missing = size - len(jpeg)
    comments = b""
    while missing:
        length = min(missing, 60_000)
        if 0 < missing - length < 4:
            length -= 4
        comments += b"\xff\xfe" + (length - 2).to_bytes(2) + b"\0" * (length - 4)
        missing -= length
    return start + comments + rest


def encoded(data: bytes) -> str:
    """Base64, as photos are sent."""
    return base64.b64encode(data).decode("ascii")


def issue(issuer: Machine, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """Send a licence in and give the answer; it must be issued."""
    answer = issuer.post(PATH, body, key=key or uuid.uuid4().hex)
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def licences_stored(deps: Deps) -> int:
    """How many rows of licences there are."""
    with deps.db.read() as tx:
        return tx.execute(select(func.count()).select_from(Licence)).scalar_one()


def stored_licence(deps: Deps, identifier: str) -> Any:
    """The row of a licence."""
    index = deps.vault.index(identifier, IDENTIFIER)
    with deps.db.read() as tx:
        return tx.execute(select(Licence).where(Licence.identifier_index == index)).one()


def client_of(app: Flask, unit_code: str, *roles: str) -> Machine:
    """A new machine client of a unit, with a token."""
    deps = deps_of(app)
    with deps.db.begin() as tx:
        unit = tx.execute(select(Unit.id).where(Unit.code == unit_code)).scalar_one()
        values = {"client_id": uuid.uuid4().hex, "unit_id": unit, "name": "", "roles": list(roles)}
        client = tx.execute(insert(Client).returning(Client.id), values).scalar_one()
        return Machine(app, start_session(tx, "client", client, read_clock()))
