"""What is published of an item, and a content held against it and against what is registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError
from sqlalchemy import Connection, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.entry import invalid
from wallet.catalogue.model import LicenceType, UseItem
from wallet.catalogue.use_list.content import ItemContentSchema, require_channel
from wallet.errors import Conflict, Invalid
from wallet.organisations.model import BasisDocument, Unit
from wallet.web.problems import flatten_messages

_SCHEMA: Final = ItemContentSchema()
MEMBERS: Final = tuple(_SCHEMA.fields)
"""Members of a content, each a column of `use_items` too."""


def item_row(tx: Connection, code: str) -> AnyRow | None:
    """The row of `use_items` with that code, also of one that was withdrawn; None where it was never published."""
    return tx.execute(select(UseItem).where(UseItem.code == code)).one_or_none()


def published_item(deps: Deps, code: str) -> dict[str, Any] | None:
    """What is published of an item, as the content of a draft; None for a new item."""
    with deps.db.read() as tx:
        row = item_row(tx, code)
    return None if row is None else {member: getattr(row, member) for member in MEMBERS}


def checked_item(
    tx: Connection, code: str, unit_id: int, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The content of an item of that unit, held against every rule.

    Raises Invalid (`app_only_item`; `invalid_content` with the sentences by path), Conflict
    (`item_withdrawn`: a code is not used again).
    """
    published = item_row(tx, code)
    if published is not None and published.withdrawn_at is not None:
        raise withdrawn()
    if published is not None and published.unit_id != unit_id:
        raise invalid({"code": ["这一事项代码已用于另一单位的事项。"]})
    require_channel(given)
    try:
        content: dict[str, Any] = _SCHEMA.load(dict(given))
    except ValidationError as error:
        raise invalid(flatten_messages(error.messages)) from None
    errors = _of_unit(tx, unit_id, content) | _of_types(tx, content)
    document = content["basis_document"]
    if document is not None:
        found = tx.execute(select(BasisDocument.id).where(BasisDocument.code == document)).first()
        if found is None:
            errors["basis_document"] = ["没有登记这一依据文件。"]
    if errors:
        raise invalid(errors)
    return content


def withdrawn() -> Conflict:
    """The answer where an item was withdrawn, which is for good."""
    return Conflict("这个事项已撤下，不能再用；请另起一个代码。", "item_withdrawn")


def _of_unit(tx: Connection, unit_id: int, content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Whether the unit may have such an item: a company only social ones or, as a platform,
    those of merchant checks; a public body any."""
    unit = tx.execute(select(Unit.kinds, Unit.closed_at).where(Unit.id == unit_id)).one()
    if unit.closed_at is not None:
        raise Invalid("unit：这个单位已撤销，不能再有用证事项。", "invalid_content")
    if content["scene"] == "government" and "relying" not in unit.kinds:
        return {"scene": ["只有用证单位的事项才是政务服务，这个单位应为社会化用证。"]}
    if content["scene"] == "social" and "social" not in unit.kinds:
        return {"scene": ["只有社会化用证主体的事项才是社会化用证，这个单位应为政务服务。"]}
    if content["scene"] == "platform" and "platform" not in unit.kinds:
        return {"scene": ["只有平台企业的事项才是平台核验，请换选场景。"]}
    return {}


def _of_types(tx: Connection, content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Faults of the materials, by path: each type is in the catalogue, and has each field today."""
    codes = {one["type"] for material in content["materials"] for one in material["types"]}
    rows = tx.execute(
        select(LicenceType.code, LicenceType.name, LicenceType.fields).where(
            LicenceType.code.in_(codes)
        )
    )
    types = {row.code: row for row in rows}
    errors: dict[str, list[str]] = {}
    for at, material in enumerate(content["materials"]):
        for place, one in enumerate(material["types"]):
            path, found = f"materials.{at}.types.{place}", types.get(one["type"])
            if found is None:
                errors[f"{path}.type"] = [f"发证目录中没有“{one['type']}”这一类型。"]
                continue
            there = {field["key"] for field in found.fields if not field.get("retired")}
            if lacking := [key for key in one["fields"] if key not in there]:
                errors[f"{path}.fields"] = [
                    f"{found.name}的现行版本没有这些信息：{'、'.join(lacking)}。"
                ]
    return errors
