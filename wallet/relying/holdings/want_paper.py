"""A desk asks for paper although it was told that the library holds it: recorded, with reason and basis (O-13).

The manager above sees it, and the holder with the look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from wallet.base import audit
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.matters import matter_of
from wallet.catalogue.model import LicenceType, UseItem
from wallet.errors import Conflict, NotFound
from wallet.licences.model import Licence
from wallet.relying.desks import is_same_desk
from wallet.relying.holdings.found import HOLDINGS
from wallet.showing.history import PaperAsked
from wallet.showing.model import REFUSAL_BASIS, REFUSAL_REASON, HoldingRefusal, LookUp
from wallet.web.principal import Principal


def want_paper(
    deps: Deps,
    principal: Principal,
    look_up: str,
    material: str,
    reason: str,
    basis: str,
    now: datetime,
) -> PaperAsked:
    """Record it, once for each material of a look-up; the same again is no change.

    Raises NotFound for a look-up of another desk, Conflict (`not_held`) where the library was not
    said to hold the material, and (`paper_asked`) where something else is on record.
    """
    with deps.db.begin() as tx:
        rows = _own_look_up(tx, principal, look_up)
        licences = _licences_for(deps, rows, material)
        new = insert_if_new(
            tx,
            HoldingRefusal,
            look_up=look_up,
            material=material,
            licences=licences,
            unit_id=rows[0].unit_id,
            item_id=rows[0].item_id,
            actor=principal.account,
            terminal=rows[0].terminal,
            reason_sealed=deps.vault.seal(reason, REFUSAL_REASON),
            basis_sealed=deps.vault.seal(basis, REFUSAL_BASIS),
            at=now,
        )
        if not new:
            return _same(tx, deps, look_up, material, reason, basis)
        audit.record(
            tx,
            "holdings.paper_asked",
            now,
            look_up=look_up,
            actor=principal.account,
            desk=rows[0].desk,
            unit=rows[0].unit_id,
            item=rows[0].item,
            licences=licences,
        )
    return PaperAsked(material, reason, basis, now)


def _own_look_up(tx: Connection, principal: Principal, look_up: str) -> Sequence[AnyRow]:
    rows = tx.execute(
        select(LookUp, UseItem.code.label("item"), LicenceType.code.label("type_code"))
        .join(UseItem, UseItem.id == LookUp.item_id)
        .outerjoin(Licence, Licence.id == LookUp.licence_id)
        .outerjoin(LicenceType, LicenceType.id == Licence.type_id)
        .where(LookUp.look_up == look_up, LookUp.kind == HOLDINGS)
        .order_by(LookUp.id)
    ).all()
    if not rows or not is_same_desk(principal, rows[0].desk or ""):
        raise NotFound("没有找到这次查询，请重新查。")
    return rows


def _licences_for(deps: Deps, rows: Sequence[AnyRow], material: str) -> list[int]:
    """The licences that the desk was told supply the material, all that it takes."""
    matter = matter_of(deps, rows[0].item)
    named = [one for one in matter.materials if one.name == material] if matter else []
    held = {row.type_code: row.licence_id for row in rows if row.licence_id is not None}
    for one in named:
        codes = [type.code for type in one.types if type.code in held]
        if codes and (len(codes) == len(one.types) or not one.all_of):
            return [held[code] for code in codes]
    raise Conflict("这次没有查到库里有这份材料，不用登记。", "not_held")


def _same(
    tx: Connection, deps: Deps, look_up: str, material: str, reason: str, basis: str
) -> PaperAsked:
    row = tx.execute(
        select(HoldingRefusal).where(
            HoldingRefusal.look_up == look_up, HoldingRefusal.material == material
        )
    ).one()
    said = PaperAsked(
        material,
        deps.vault.open(row.reason_sealed, REFUSAL_REASON),
        deps.vault.open(row.basis_sealed, REFUSAL_BASIS),
        row.at,
    )
    if (said.reason, said.basis) != (reason, basis):
        raise Conflict("这份材料已经登记过要纸质的，不能再改。", "paper_asked")
    return said
