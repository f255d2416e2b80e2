"""Show (亮证亮码): open a showing, refresh its code, tell its state, withdraw it.

Opening and refreshing read once, sign and write nothing; only a use or a withdrawal writes, and
both claim the `jti`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from verify import codes
from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.labels import field_labels
from wallet.errors import Conflict, Invalid, NotFound
from wallet.holders.names import masked_name
from wallet.licences.model import HOLDER_NAME, IDENTIFIER
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import status_on
from wallet.showing import queries
from wallet.showing.handle import Shower, Showing, new_jti, seal_handle, showing_ids
from wallet.showing.model import Claim
from wallet.showing.remembered import notice_restore
from wallet.web.principal import Principal

LICENCES_MAX: Final = 8
_HOLDER_SENTENCES: Final = {
    "suspended": "此证照处于暂扣状态，不能亮码，请联系发证单位。",
    "expired": "此证照已过有效期，不能亮码，请办理延续或换证。",
    "revoked": "此证照已被吊销或注销，不能亮码，请联系发证单位。",
    "not_yet_valid": "此证照自 {valid_from} 起生效，到时再亮码。",
}
"""What a holder is told of a licence that does not stand, by its status."""


@dataclass(frozen=True)
class LiveCode:
    """A drawn code: `text` goes into the QR; the times say when to fetch, redraw and stop."""

    id: str
    text: str
    expires_at: datetime
    refresh_at: datetime
    ends_at: datetime
    server_time: datetime


@dataclass(frozen=True)
class ShowingState:
    """waiting, used, withdrawn or expired; the rest is filled once a desk has used it."""

    state: str
    used_by: str | None = None
    used_at: datetime | None = None
    terminal: str | None = None
    item: str | None = None
    item_en: str | None = None
    fields: tuple[str, ...] = ()
    fields_en: tuple[str, ...] = ()


def open_showing(
    deps: Deps, principal: Principal, identifiers: Sequence[str], now: datetime
) -> LiveCode:
    """Open a showing of these licences and sign its first code.

    Raises NotFound for a licence that is not the account's to show, Conflict with the licence's
    reason when it is not valid, Invalid when the licences do not go together in one code.
    """
    if len(set(identifiers)) != len(identifiers):
        raise Invalid("licences：同一证照重复。", "duplicate_licence")
    indices = [deps.vault.index(identifier, IDENTIFIER) for identifier in identifiers]
    rows = deps.db.rows(
        queries.TO_OPEN, account=principal.id, indices=indices, today=local_day(now)
    )
    delegation_id, chosen = _choose_right(indices, rows)
    showing = Showing(
        jti=new_jti(),
        account_id=principal.id,
        shower=(
            Shower(principal.id, delegated=False)
            if delegation_id is None
            else Shower(delegation_id, delegated=True)
        ),
        licence_ids=tuple(row.id for row in chosen),
        started_at=now,
    )
    return _sign(deps, showing, chosen, now)


def next_code(deps: Deps, principal: Principal, showing_id: str, now: datetime) -> LiveCode:
    """Sign the next code of a showing: the same `jti`, new times.

    Raises Conflict (`already_used`, `withdrawn`, `showing_ended`, or the licence's reason).
    """
    showing = own_showing(deps, principal, showing_id)
    values = {
        "account": showing.account_id,
        "licences": showing.licence_ids,
        "jti": showing.jti,
        "today": local_day(now),
    }
    if showing.shower.delegated:
        rows = deps.db.rows(queries.NEXT_OF_DELEGATION, delegation=showing.shower.id, **values)
    else:
        rows = deps.db.rows(queries.NEXT_OF_ACCOUNT, **values)
    by_id: dict[int, AnyRow] = {}
    for row in rows:
        if row.holder_id is not None:
            by_id.setdefault(row.id, row)
    claim_state = rows[0].claim_state if rows else None
    if claim_state is not None:
        raise _claimed(claim_state)
    if deps.epoch.marks().doubts_showing(showing.started_at):
        raise Conflict("亮证库刚刚恢复，请点“再亮一次”。", "showing_ended")
    if now >= _ends_at(showing):
        raise Conflict("本次亮码已满 10 分钟，请点“再亮一次”。", "showing_ended")
    if len(by_id) != len(showing.licence_ids):
        raise Conflict("您已不能出示此证照，请返回“我的证照”查看。", "withdrawn")
    return _sign(deps, showing, [by_id[id] for id in showing.licence_ids], now, showing_id)


def showing_state(deps: Deps, principal: Principal, showing_id: str, now: datetime) -> ShowingState:
    """What has become of a showing; the phone asks every second or two."""
    showing = own_showing(deps, principal, showing_id)
    row = deps.db.row(queries.STATE, jti=showing.jti)
    if row is None:
        return ShowingState("expired" if now >= _ends_at(showing) else "waiting")
    if row.state != "used":
        return ShowingState(row.state)
    seen = deps.db.rows(queries.SEEN_FIELDS, verification=row.verification_id)
    return ShowingState(
        state="used",
        used_by=row.unit,
        used_at=row.at,
        terminal=row.terminal,
        item=row.item,
        item_en=row.item_en,
        fields=_labels(seen, "zh"),
        fields_en=_labels(seen, "en"),
    )


def withdraw(deps: Deps, principal: Principal, showing_id: str, now: datetime) -> None:
    """Withdraw a showing; twice is once. Raises Conflict (`already_used`) when a desk was first."""
    showing = own_showing(deps, principal, showing_id)
    notice_restore(deps, now)
    with deps.db.begin() as tx:
        won = insert_if_new(
            tx, Claim, jti=showing.jti, state="withdrawn", at=now, verification_id=None
        )
        if won:
            audit.record(tx, "showing.withdrawn", now, account=showing.account_id, jti=showing.jti)
        state = tx.execute(select(Claim.state).where(Claim.jti == showing.jti)).scalar_one()
    if won:
        deps.epoch.note(showing.jti)
    if state != "withdrawn":
        raise _claimed(state)


def _choose_right(
    indices: Sequence[bytes], rows: Sequence[AnyRow]
) -> tuple[int | None, list[AnyRow]]:
    """The one right by which all these licences can be shown, and their rows in that order.

    A right is a delegation's id, None for the account's own; the own comes first, then the
    oldest delegation. Raises NotFound, Invalid (`mixed_showing`).
    """
    by_right: dict[int | None, dict[bytes, AnyRow]] = {}
    for row in rows:
        if row.holder_id is not None:
            held = by_right.setdefault(row.delegation_id, {})
            held.setdefault(row.identifier_index, row)
    if set().union(*by_right.values()) != set(indices):
        raise NotFound("没有找到此证照，请返回“我的证照”重新选择。")
    whole = [right for right, held in by_right.items() if len(held) == len(indices)]
    if not whole:
        raise Invalid("自己的证照与他人授权的证照不能放在同一个码里，请分开亮码。", "mixed_showing")
    right = min(whole, key=lambda delegation_id: delegation_id or 0)
    return right, [by_right[right][index] for index in indices]


def _sign(
    deps: Deps,
    showing: Showing,
    rows: Sequence[AnyRow],
    now: datetime,
    showing_id: str | None = None,
) -> LiveCode:
    against = published_against(deps, deps.epoch.marks(), showing.licence_ids)
    _check_showable(rows, local_day(now), against)
    issued_at = int(now.timestamp())
    ends_at = _ends_at(showing)
    expires_at = min(issued_at + codes.LIVE_CODE_LIFE, int(ends_at.timestamp()))
    types = [row.short_number for row in rows]
    key = deps.keys.current
    claims: dict[str, Any] = {
        "iss": deps.keys.issuer,
        "jti": showing.jti,
        "iat": issued_at,
        "exp": expires_at,
        "h": seal_handle(key, showing.jti, showing.shower, showing.licence_ids),
        "t": types[0] if len(types) == 1 else types,
    }
    person = next((row for row in rows if row.holder_kind == "person"), None)
    if person is not None:
        claims["n"] = masked_name(deps.vault.open(person.name_sealed, HOLDER_NAME), "person")
    text = f"{deps.config.public_url}/v#{codes.encode(codes.LIVE, claims, key)}"
    if len(text.encode()) > codes.LIVE_TEXT_MAX and len(rows) > 1:
        raise Invalid("一个码放不下这么多证照，请减少后再试。", "too_many_licences")
    # Check after signing, with the very code that the desks run.
    codes.read(text, deps.keys.public, issued_at)
    refresh_at = now + timedelta(seconds=codes.LIVE_CODE_REFRESH)
    return LiveCode(
        id=showing_id or showing_ids(deps.config.secret_key).seal(showing),
        text=text,
        expires_at=now + timedelta(seconds=expires_at - issued_at),
        refresh_at=min(refresh_at, ends_at),
        ends_at=ends_at,
        server_time=now,
    )


def _check_showable(rows: Sequence[AnyRow], today: date, against: Mapping[int, str]) -> None:
    if rows[0].frozen_at is not None:
        raise Conflict("您的亮码已冻结，请先在“我的”里解冻。", "frozen")
    for row in rows:
        if row.owner_frozen_at is not None:
            raise Conflict("授权人已冻结亮码，此证照暂不能由您出示。", "frozen")
        status = status_on(row.status, row.valid_from, row.valid_until, today, against.get(row.id))
        if status != "valid":
            said = _HOLDER_SENTENCES[status].format(valid_from=row.valid_from)
            raise Conflict(said, f"licence_{status}")


def own_showing(deps: Deps, principal: Principal, showing_id: str) -> Showing:
    """The showing of an id; raises NotFound for any that is not the account's."""
    showing = showing_ids(deps.config.secret_key).open(showing_id)
    if showing is None or showing.account_id != principal.id:
        raise NotFound("没有找到这次亮码，请重新亮码。")
    return showing


def _ends_at(showing: Showing) -> datetime:
    return showing.started_at + timedelta(seconds=numbers.SHOWING_LIFE)


def _claimed(state: str) -> Conflict:
    if state == "withdrawn":
        return Conflict("此码已收回，请点“再亮一次”。", "withdrawn")
    return Conflict("此码已用过，请点“再亮一次”。", "already_used")


def _labels(seen: Sequence[AnyRow], language: str) -> tuple[str, ...]:
    """Labels of the fields that the desk was given, of one licence after the other."""
    return tuple(
        label for row in seen for label in field_labels(row.declared, row.fields, language)
    )
