"""Show (亮证亮码): open a showing, refresh its code.

Both read once, sign and write nothing; what writes is whatever claims the `jti`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from verify import codes
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.errors import Conflict, Invalid, NotFound
from wallet.holders.names import masked_name
from wallet.licences.model import HOLDER_NAME, IDENTIFIER
from wallet.licences.status.published import published_against
from wallet.licences.status.standing import status_on
from wallet.showing import queries
from wallet.showing.handle import Shower, Showing, new_jti, seal_handle, showing_ids
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


def open_showing(
    deps: Deps,
    principal: Principal,
    identifiers: Sequence[str],
    now: datetime,
    item: str | None = None,
) -> LiveCode:
    """Open a showing of these licences and sign its first code.

    `item` is the code of the matter that they are for: of several delegations it is shown under one
    that is for it. The code is not bound to it.

    Raises NotFound for a licence that is not the account's to show, Conflict with the licence's
    reason when it is not valid, Invalid when the licences do not go together in one code.
    """
    if len(set(identifiers)) != len(identifiers):
        raise Invalid("licences：同一证照重复。", "duplicate_licence")
    indices = [deps.vault.index(identifier, IDENTIFIER) for identifier in identifiers]
    rows = deps.db.rows(
        queries.TO_OPEN, account=principal.id, indices=indices, today=local_day(now)
    )
    right, chosen = _choose_right(deps, indices, rows, item)
    showing = Showing(
        jti=new_jti(),
        account_id=principal.id,
        shower=(
            Shower(principal.id, delegated=False, for_ward=right.ward_id is not None)
            if right.delegation_id is None
            else Shower(right.delegation_id, delegated=True)
        ),
        licence_ids=tuple(row.id for row in chosen),
        started_at=now,
    )
    return _sign(deps, showing, chosen, now, end_of(showing))


def next_code(deps: Deps, principal: Principal, showing_id: str, now: datetime) -> LiveCode:
    """Sign the next code of a showing: the same `jti`, new times.

    Raises Conflict (`already_used`, `withdrawn`, `showing_ended`, or the licence's reason).
    """
    return _next(deps, own_showing(deps, principal, showing_id), showing_id, now)


def next_code_of(deps: Deps, showing_id: str, now: datetime) -> LiveCode:
    """As `next_code`, for a desk to which the account itself has sent the showing."""
    return _next(deps, _opened(deps, showing_id), showing_id, now)


def first_code_of(tx: Connection, deps: Deps, showing: Showing, now: datetime) -> LiveCode:
    """Sign the first code of what staff show, by the row that this transaction has written; raises as `open_showing`."""
    values = {"hand_over": showing.shower.id, "licences": showing.licence_ids}
    rows = tx.execute(queries.NEXT_OF_HAND_OVER, values).all()
    return _go_on(deps, showing, rows, None, now)


def _next(deps: Deps, showing: Showing, showing_id: str, now: datetime) -> LiveCode:
    values = {
        "account": showing.account_id,
        "licences": showing.licence_ids,
        "jti": showing.jti,
        "today": local_day(now),
    }
    shower = showing.shower
    if shower.assisted:
        values = {"hand_over": shower.id, "licences": showing.licence_ids}
        rows = deps.db.rows(queries.NEXT_OF_HAND_OVER, **values)
    elif shower.delegated:
        rows = deps.db.rows(queries.NEXT_OF_DELEGATION, delegation=shower.id, **values)
    else:
        rows = deps.db.rows(queries.NEXT_OF_ACCOUNT, **values)
    return _go_on(deps, showing, rows, showing_id, now)


def _go_on(
    deps: Deps, showing: Showing, rows: Sequence[AnyRow], showing_id: str | None, now: datetime
) -> LiveCode:
    by_id: dict[int, AnyRow] = {}
    for row in rows:
        if row.holder_id is not None:
            by_id.setdefault(row.id, row)
    claim_state = rows[0].claim_state if rows else None
    if claim_state is not None:
        raise claimed(claim_state)
    if deps.epoch.marks().doubts_showing(showing.started_at):
        raise Conflict("亮证库刚刚恢复，请点“再亮一次”。", "showing_ended")
    # What staff show ends with their session, if that is sooner.
    ends_at = rows[0].ends_at if rows and showing.shower.assisted else end_of(showing)
    if now >= ends_at:
        raise Conflict("本次亮码已满 10 分钟，请点“再亮一次”。", "showing_ended")
    if any(is_void(showing, at) for row in rows for at in (row.void_before, row.owner_void_before)):
        raise claimed("withdrawn")
    if len(by_id) != len(showing.licence_ids):
        raise Conflict("您已不能出示此证照，请返回“我的证照”查看。", "withdrawn")
    chosen = [by_id[id] for id in showing.licence_ids]
    return _sign(deps, showing, chosen, now, ends_at, showing_id)


def is_void(showing: Showing, void_before: datetime | None) -> bool:
    """Whether a freeze that came after a showing was opened has voided it for good."""
    return void_before is not None and showing.started_at < void_before


def own_showing(deps: Deps, principal: Principal, showing_id: str) -> Showing:
    """The account's showing by its sealed id; raises NotFound for any other."""
    showing = _opened(deps, showing_id)
    if showing.account_id != principal.id:
        raise _not_found()
    return showing


def _opened(deps: Deps, showing_id: str) -> Showing:
    showing = showing_ids(deps.config.secret_key).open(showing_id)
    if showing is None:
        raise _not_found()
    return showing


def _not_found() -> NotFound:
    return NotFound("没有找到这次亮码，请重新亮码。")


def end_of(showing: Showing) -> datetime:
    """When a showing that nobody has used is over."""
    return showing.started_at + timedelta(seconds=numbers.SHOWING_LIFE)


def claimed(state: str) -> Conflict:
    """Why a showing goes on no longer, by the state of its claim."""
    if state == "withdrawn":
        return Conflict("此码已收回，请点“再亮一次”。", "withdrawn")
    if state == "pending":
        return Conflict("窗口已扫过此码，请先选择是否允许。", "already_used")
    return Conflict("此码已用过，请点“再亮一次”。", "already_used")


@dataclass(frozen=True)
class _Right:
    """By what an account shows: a delegation, or as the guardian of a child; its own is neither."""

    delegation_id: int | None = None
    ward_id: int | None = None

    @classmethod
    def of(cls, row: AnyRow) -> _Right:
        """The right of a row of `queries`."""
        if row.delegation_id is not None:
            return cls(delegation_id=row.delegation_id)
        ward = row.holder_kind == "person" and row.holder_id != row.own_person
        return cls(ward_id=row.holder_id if ward else None)


def _choose_right(
    deps: Deps, indices: Sequence[bytes], rows: Sequence[AnyRow], item: str | None
) -> tuple[_Right, list[AnyRow]]:
    """The one right by which all these licences can be shown, and their rows in that order.

    The own comes first, then that of a guardian, then a delegation that names the item, then one for
    any matter, and of equal ones the oldest. Raises NotFound, Invalid (`mixed_showing`).
    """
    by_right: dict[_Right, dict[bytes, AnyRow]] = {}
    for row in rows:
        if row.holder_id is not None:
            held = by_right.setdefault(_Right.of(row), {})
            held.setdefault(row.identifier_index, row)
    if set().union(*by_right.values()) != set(indices):
        raise NotFound("没有找到此证照，请返回“我的证照”重新选择。")
    whole = [right for right, held in by_right.items() if len(held) == len(indices)]
    if not whole:
        raise Invalid("不同持证人的证照不能放在同一个码里，请分开亮码。", "mixed_showing")
    right = _widest(deps, {right: by_right[right][indices[0]].any_item for right in whole}, item)
    return right, [by_right[right][index] for index in indices]


def _widest(deps: Deps, rights: Mapping[_Right, bool], item: str | None) -> _Right:
    """As `_choose_right` prefers them; `rights` says of each whether it is for any matter."""
    delegations = [right.delegation_id for right in rights if right.delegation_id is not None]
    named: set[int | None] = set()
    if item is not None and len(delegations) == len(rights) > 1:
        named = {
            row.delegation_id
            for row in deps.db.rows(queries.FOR_ITEM, delegations=delegations, item=item)
        }
    return min(
        rights,
        key=lambda right: (
            right != _Right(),
            right.ward_id is None,
            right.delegation_id not in named,
            not rights[right],
            right.ward_id or right.delegation_id or 0,
        ),
    )


def _sign(
    deps: Deps,
    showing: Showing,
    rows: Sequence[AnyRow],
    now: datetime,
    ends_at: datetime,
    showing_id: str | None = None,
) -> LiveCode:
    against = published_against(deps, deps.epoch.marks(), showing.licence_ids)
    _check_showable(rows, local_day(now), against)
    issued_at = int(now.timestamp())
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
        raise Conflict("您已停用亮码，请先恢复再亮码。", "frozen")
    for row in rows:
        if row.owner_frozen_at is not None:
            raise Conflict("授权人已停用亮码，此证照暂不能由您出示。", "grantor_frozen")
        status = status_on(row.status, row.valid_from, row.valid_until, today, against.get(row.id))
        if status != "valid":
            said = _HOLDER_SENTENCES[status].format(valid_from=row.valid_from)
            raise Conflict(said, f"licence_{status}")
