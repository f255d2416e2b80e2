"""Add, answer and remove administrators: five at most, open offers included, and never the last one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.errors import Conflict, NotFound, TooMany
from wallet.holders.acting import announce, announce_offer
from wallet.holders.addressee import addressee, is_for
from wallet.holders.administrators.listed import acts_for, current
from wallet.holders.administrators.model import IS_WAITING, AdministratorOffer, is_open
from wallet.holders.model import HOLDER_CODE, Account, Holder, Representative
from wallet.web.principal import Principal

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class NewAdministrator:
    """Who is asked to act for which organisation, by its code: a natural person by code and name."""

    organisation: str
    code_type: str
    code: str
    name: str


def offer(deps: Deps, principal: Principal, new: NewAdministrator, now: datetime) -> str:
    """Ask somebody to act for an organisation; gives the id of the offer.

    Raises NotFound where the account does not act for it, Invalid (those of the code), Conflict
    (`frozen`, `administrator_exists`, `too_many_administrators`), TooMany (`too_many_offers`).
    """
    today = local_day(now)
    to = addressee(new.code_type, new.code, new.name, today).columns(deps.vault)
    with deps.db.begin() as tx:
        organisation = _organisation(tx, deps, principal, new.organisation, now)
        _lock(tx, organisation)
        if organisation not in set(tx.execute(acts_for(principal, today)).scalars()):
            raise _no_organisation()
        frozen = select(Account.frozen_at).where(Account.id == principal.id)
        if tx.execute(frozen).scalar_one() is not None:
            raise Conflict("您的亮码已冻结，请先在“我的”里解冻。", "frozen")
        _check_frequency(tx, deps, organisation, now)
        person = (to["code_type"], to["code_index"])
        if person in _persons(tx, organisation, now):
            raise Conflict("这个人已是管理员，或正等对方接受。", "administrator_exists")
        _check_room(tx, organisation, now)
        public_id = secrets.token_urlsafe(12)
        tx.execute(
            insert(AdministratorOffer),
            {
                **to,
                "public_id": public_id,
                "holder_id": organisation,
                "offered_by": principal.id,
                "offered_at": now,
                "answer_until": now + numbers.DELEGATION_ANSWER_DAYS * _DAY,
            },
        )
        told = {"administrator": public_id, "organisation": organisation}
        audit.record(tx, "administrator.offered", now, **told, account=principal.id)
        announce_offer(tx, deps.vault, now, "asked", _offer(tx, public_id))
    return public_id


def answer(
    deps: Deps, principal: Principal, administrator: str, now: datetime, *, accept: bool
) -> None:
    """Accept or decline an offer.

    Raises NotFound for one that is not open, or was made out to somebody else, and Conflict
    (`too_many_administrators`) where others have taken the place meanwhile.
    """
    mine = is_for(AdministratorOffer, deps.vault, principal)
    with deps.db.begin() as tx:
        row = _open_offer(tx, administrator, now)
        if row is None or tx.execute(
            select(AdministratorOffer.id).where(AdministratorOffer.id == row.id, mine)
        ).first() is None:  # fmt: skip
            raise _not_found()
        _lock(tx, row.holder_id)
        if accept:
            _check_room(tx, row.holder_id, now, but=row.id)
        if not _close(tx, row.id, now):
            raise _not_found()
        told = {"administrator": administrator, "organisation": row.holder_id}
        if not accept:
            audit.record(
                tx, "administrator.ended", now, **told, account=principal.id, by="delegate"
            )
            announce(tx, now, "declined", row.holder_id, principal.id)
            return
        acting = {"account_id": principal.id, "holder_id": row.holder_id}
        tx.execute(
            delete(Representative).where(
                Representative.account_id == principal.id,
                Representative.holder_id == row.holder_id,
                ~current(local_day(now)),
            )
        )
        more = {"public_id": administrator, "starts_on": local_day(now), "ends_on": None}
        insert_if_new(tx, Representative, **acting, **more)
        audit.record(tx, "administrator.accepted", now, **told, account=principal.id)
        announce(tx, now, "accepted", row.holder_id, principal.id)


def remove(deps: Deps, principal: Principal, administrator: str, now: datetime) -> None:
    """End at once that somebody acts for an organisation, or take an offer back.

    Whoever acts for it may, for others and for themselves. Raises NotFound for any that is not of the
    account's organisations, Conflict (`last_administrator`).
    """
    today = local_day(now)
    ours = acts_for(principal, today)
    with deps.db.begin() as tx:
        acting = tx.execute(
            select(Representative.account_id, Representative.holder_id).where(
                Representative.public_id == administrator,
                Representative.holder_id.in_(ours),
                current(today),
            )
        ).one_or_none()
        offered = None if acting else _open_offer(tx, administrator, now)
        found = acting or offered
        if found is None:
            raise _not_found()
        _lock(tx, found.holder_id)
        if found.holder_id not in set(tx.execute(ours).scalars()):
            raise _not_found()
        if offered is not None:
            if not _close(tx, offered.id, now):
                raise _not_found()
            announce_offer(tx, deps.vault, now, "withdrawn", _offer(tx, administrator))
        else:
            if _count(tx, found.holder_id, now) == 1:
                raise Conflict(
                    "单位至少要有一位管理员，请先添加另一位，对方接受后再移除。",
                    "last_administrator",
                )
            tx.execute(delete(Representative).where(Representative.public_id == administrator))
        by = "delegate" if acting and acting.account_id == principal.id else "grantor"
        told = {"administrator": administrator, "organisation": found.holder_id}
        audit.record(tx, "administrator.ended", now, **told, account=principal.id, by=by)
        if acting:
            act = "left" if by == "delegate" else "removed"
            announce(tx, now, act, found.holder_id, acting.account_id)


def _organisation(
    tx: Connection, deps: Deps, principal: Principal, code: str, now: datetime
) -> int:
    for row in tx.execute(
        select(Holder.id, Holder.code_sealed).where(
            Holder.id.in_(acts_for(principal, local_day(now)))
        )
    ):
        if deps.vault.open(row.code_sealed, HOLDER_CODE) == code:
            organisation: int = row.id
            return organisation
    raise _no_organisation()


def _lock(tx: Connection, organisation: int) -> None:
    """Whoever else changes its administrators waits here: what is counted stays true."""
    tx.execute(select(Holder.id).where(Holder.id == organisation).with_for_update(key_share=True))


def _count(tx: Connection, organisation: int, now: datetime) -> int:
    acting = (Representative.holder_id == organisation, current(local_day(now)))
    count: int = tx.execute(
        select(func.count(Representative.account_id)).where(*acting)
    ).scalar_one()
    return count


def _persons(tx: Connection, organisation: int, now: datetime) -> set[tuple[str, bytes]]:
    acting = (
        select(Holder.code_type, Holder.code_index)
        .join(Account, Account.holder_id == Holder.id)
        .join(Representative, Representative.account_id == Account.id)
        .where(Representative.holder_id == organisation, current(local_day(now)))
    )
    asked = select(AdministratorOffer.code_type, AdministratorOffer.code_index).where(
        AdministratorOffer.holder_id == organisation, is_open(now)
    )
    return {
        (row.code_type, row.code_index) for query in (acting, asked) for row in tx.execute(query)
    }


def _check_room(tx: Connection, organisation: int, now: datetime, but: int = 0) -> None:
    asked = tx.execute(
        select(func.count(AdministratorOffer.id)).where(
            AdministratorOffer.holder_id == organisation,
            AdministratorOffer.id != but,
            is_open(now),
        )
    ).scalar_one()
    limit = numbers.ADMINISTRATORS_MAX
    if _count(tx, organisation, now) + asked >= limit:
        raise Conflict(
            f"一个单位最多 {limit} 位管理员（含等对方接受的），请先移除一位。",
            "too_many_administrators",
        )


def _check_frequency(tx: Connection, deps: Deps, organisation: int, now: datetime) -> None:
    limit = numbers.DELEGATION_OFFERS_PER_DAY
    if deps.config.demo:
        limit *= numbers.DEMO_LIMIT_FACTOR
    made = tx.execute(
        select(func.count(), func.min(AdministratorOffer.offered_at)).where(
            AdministratorOffer.holder_id == organisation,
            AdministratorOffer.offered_at > now - _DAY,
        )
    ).one()
    if made[0] >= limit:
        wait = (made[1] + _DAY - now).total_seconds()
        raise TooMany("一天内发出的邀请太多，请明天再试。", "too_many_offers", max(1, round(wait)))


def _open_offer(tx: Connection, administrator: str, now: datetime) -> AnyRow | None:
    return tx.execute(
        select(AdministratorOffer.id, AdministratorOffer.holder_id).where(
            AdministratorOffer.public_id == administrator, is_open(now)
        )
    ).one_or_none()


def _offer(tx: Connection, administrator: str) -> AnyRow:
    return tx.execute(
        select(AdministratorOffer).where(AdministratorOffer.public_id == administrator)
    ).one()


def _close(tx: Connection, offer_id: int, now: datetime) -> bool:
    closed = tx.execute(
        update(AdministratorOffer)
        .where(AdministratorOffer.id == offer_id, IS_WAITING)
        .values(closed_at=now)
    )
    return closed.rowcount == 1


def _no_organisation() -> NotFound:
    return NotFound("没有找到您管理的这个单位，请返回“证照管理员”重新选择。")


def _not_found() -> NotFound:
    return NotFound("没有找到这位管理员或这份邀请，请返回“证照管理员”重新选择。")
