"""Drafts of licence types (O-7, M-6): who may begin one, and what is held against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.drafts import begin_draft
from wallet.catalogue.entry import checked_content, published_row
from wallet.catalogue.model import LicenceType, LicenceTypeStep, LicenceTypeVersion, TypeIssuer
from wallet.catalogue.register import Draft, Register
from wallet.errors import NotPermitted
from wallet.web.principal import Principal


def _check(tx: Connection, code: str, _unit_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
    return checked_content(tx, code, given)


TYPES: Final = Register(
    versions=LicenceTypeVersion,
    steps=LicenceTypeStep,
    writers=frozenset({"issuer", "issuing"}),
    check=_check,
    event="catalogue",
    names="type",
)
"""The catalogue 发证目录."""


def write_draft(
    deps: Deps, principal: Principal, code: str, given: Mapping[str, Any], now: datetime
) -> Draft:
    """Begin the next version of a type of the unit, or a new type.

    Raises Invalid (`invalid_content`), NotPermitted (a type of other units), Conflict
    (`draft_exists`).
    """
    assert principal.unit_id is not None
    with deps.db.begin() as tx:
        published = published_row(tx, code)
        if published is not None and not _is_own(tx, principal, published):
            raise NotPermitted("只有定义或签发这一类型的单位才能起草新版本。")
        version = 1 if published is None else published.version + 1
        return begin_draft(
            tx, TYPES, principal.account, principal.unit_id, code, version, given, now
        )


def own_types(deps: Deps, principal: Principal) -> Sequence[AnyRow]:
    """The types that the account's unit defines or issues: code, name, name_en, version."""
    issued = select(TypeIssuer.type_id).where(TypeIssuer.unit_id == principal.unit_id)
    return deps.db.rows(
        select(LicenceType.code, LicenceType.name, LicenceType.name_en, LicenceType.version)
        .where(or_(LicenceType.unit_id == principal.unit_id, LicenceType.id.in_(issued)))
        .order_by(LicenceType.short_number)
    )


def _is_own(tx: Connection, principal: Principal, published: AnyRow) -> bool:
    if published.unit_id == principal.unit_id:
        return True
    issues = select(TypeIssuer.unit_id).where(
        TypeIssuer.type_id == published.id, TypeIssuer.unit_id == principal.unit_id
    )
    return tx.execute(issues).first() is not None
