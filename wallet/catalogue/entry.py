"""What is published of a licence type, and a content held against it and against what is registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError
from sqlalchemy import Connection, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.content import ContentSchema, taken_away
from wallet.catalogue.model import LicenceType, TypeIssuer
from wallet.catalogue.secrecy import UNCLASSIFIED
from wallet.errors import Invalid
from wallet.organisations.model import BasisDocument, Unit
from wallet.web.problems import flatten_messages

_SCHEMA: Final = ContentSchema()


def published_row(tx: Connection, code: str) -> AnyRow | None:
    """The row of `licence_types` with that code, None where it was never published."""
    return tx.execute(select(LicenceType).where(LicenceType.code == code)).one_or_none()


def published_content(deps: Deps, code: str) -> dict[str, Any] | None:
    """What is published of a type, as the content of a draft; None for a new type."""
    with deps.db.read() as tx:
        row = published_row(tx, code)
        return None if row is None else content_of(tx, row)


def checked_content(tx: Connection, code: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The content, held against every rule and against what is published of its type.

    Raises Invalid (`invalid_content`) with the sentences by path; a type that is marked with a
    level of secrecy is `state_secret` (O-2, M-2).
    """
    try:
        content: dict[str, Any] = _SCHEMA.load(dict(given))
    except ValidationError as error:
        raise invalid(flatten_messages(error.messages)) from None
    if content["secrecy"] != UNCLASSIFIED:
        raise Invalid("secrecy：涉密的证照类型不得列入发证目录。", "state_secret")
    errors: dict[str, list[str]] = {}
    published = published_row(tx, code)
    if published is not None:
        errors |= taken_away(content_of(tx, published), content)
    taken = tx.execute(
        select(LicenceType.code).where(
            LicenceType.type_code == content["type_code"], LicenceType.code != code
        )
    ).first()
    if taken is not None:
        errors["type_code"] = ["这一类型代码已用于另一类型。"]
    known = set(
        tx.execute(
            select(Unit.code).where(
                Unit.code.in_(content["issuing_units"]), Unit.closed_at.is_(None)
            )
        ).scalars()
    )
    if unknown := [unit for unit in content["issuing_units"] if unit not in known]:
        errors["issuing_units"] = [f"没有登记这些单位，或已撤销：{'、'.join(unknown)}。"]
    document = content["basis_document"]
    if document is not None:
        found = tx.execute(select(BasisDocument.id).where(BasisDocument.code == document)).first()
        if found is None:
            errors["basis_document"] = ["没有登记这一依据文件。"]
    if errors:
        raise invalid(errors)
    return content


def content_of(tx: Connection, row: AnyRow) -> dict[str, Any]:
    """A row of `licence_types` as the content of a draft."""
    units = tx.execute(
        select(Unit.code)
        .join(TypeIssuer, TypeIssuer.unit_id == Unit.id)
        .where(TypeIssuer.type_id == row.id)
        .order_by(Unit.code)
    ).scalars()
    return {
        "name": row.name,
        "name_en": row.name_en,
        "name_mn": row.name_mn,
        "type_code": row.type_code,
        "issuing_units": list(units),
        "holder_kinds": row.holder_kinds,
        "collected_since": row.collected_since.isoformat(),
        "public_attribute": row.public_attribute,
        "standard_level": row.standard_level,
        "basis": row.basis,
        "basis_document": row.basis_document,
        "review": row.review,
        "secrecy": UNCLASSIFIED,
        "template": {"theme": row.theme, "layout": row.layout, "bilingual": row.bilingual},
        "status_codes": row.status_codes,
        "fields": row.fields,
    }


def invalid(errors: dict[str, list[str]]) -> Invalid:
    """The answer to a content with these faults, by path."""
    path, sentences = next(iter(errors.items()))
    return Invalid(f"{path}：{sentences[0]}", "invalid_content", errors)
