"""With what a unit seals the documents of a licence: what its staff see beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from wallet.base.clock import SHANGHAI, local_day
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.errors import ConfigurationError
from wallet.licences.model import Exemption
from wallet.organisations.model import Unit
from wallet.organisations.seals import load_seal


@dataclass(frozen=True)
class Sealing:
    """`state` is sealed, exempt, lapsed (the certificate is not in force), none, or unreadable.

    `basis` is that of an exemption, `ends_on` the last day of the certificate.
    """

    state: str
    basis: str | None = None
    ends_on: date | None = None


def sealing_of(deps: Deps, unit_id: int, type_id: int, now: datetime) -> Sealing:
    """How a unit seals its licences of a type now."""
    basis = (
        select(Exemption.basis)
        .where(
            Exemption.kind == "seal",
            Exemption.unit_id == unit_id,
            Exemption.type_id == type_id,
            is_current(Exemption.starts_on, Exemption.ends_on, local_day(now)),
        )
        .order_by(Exemption.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    with deps.db.read() as tx:
        row = tx.execute(select(Unit.code, basis.label("basis")).where(Unit.id == unit_id)).one()
    if row.basis is not None:
        return Sealing("exempt", basis=row.basis)
    try:
        seal = load_seal(deps.config.seals_dir, deps.config.secret_key, row.code)
    except (ConfigurationError, OSError):
        return Sealing("unreadable")
    if seal is None:
        return Sealing("none")
    ends_on = seal.certificate.not_valid_after_utc.astimezone(SHANGHAI).date()
    return Sealing("sealed" if seal.is_current(now) else "lapsed", ends_on=ends_on)
