"""The person who is served, as the journeys of a phone take whoever asks: staff act in that person's place.

Who has never signed in gets the account that a first sign-in would open, and finds there later what was done.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.errors import Conflict
from wallet.holders.age import shows_alone
from wallet.holders.identify import open_account
from wallet.holders.model import HOLDER_CODE, HOLDER_NAME, Account, Holder
from wallet.web.principal import Principal

_NOBODY = 0


def in_place_of(tx: Connection, deps: Deps, holder_id: int, now: datetime) -> Principal:
    """The account of a served person, opened where there is none. Raises Conflict (`holder_not_person`, `holder_child`)."""
    person = _person(tx, deps, holder_id, now)
    account_id = open_account(tx, holder_id, now)
    frozen = select(Account.frozen_at).where(Account.id == account_id)
    return replace(person, id=account_id, frozen_at=tx.execute(frozen).scalar_one())


def known_account(tx: Connection, deps: Deps, holder_id: int, now: datetime) -> Principal | None:
    """The same to look things up, None where there is no account. Raises as `in_place_of`."""
    person = _person(tx, deps, holder_id, now)
    found = tx.execute(
        select(Account.id, Account.frozen_at).where(Account.holder_id == holder_id)
    ).one_or_none()
    return None if found is None else replace(person, id=found.id, frozen_at=found.frozen_at)


def _person(tx: Connection, deps: Deps, holder_id: int, now: datetime) -> Principal:
    holder = tx.execute(select(Holder).where(Holder.id == holder_id)).one()
    if holder.kind != "person":
        raise Conflict("单位的授权由它的证照管理员在手机上办理。", "holder_not_person")
    code = deps.vault.open(holder.code_sealed, HOLDER_CODE)
    if not shows_alone(holder.code_type, code, local_day(now)):
        raise Conflict("不满 14 周岁的，由监护人持证办理，这里不能办。", "holder_child")
    name = deps.vault.open(holder.name_sealed, HOLDER_NAME)
    return Principal("holder", _NOBODY, _NOBODY, name, holder_id=holder_id)
