"""The record of a judged code: the verification, the uses that its holder sees, the audit event."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection, insert

from verify.judgements import Judgement
from verify.verdict import Outcome, Reason
from wallet.base import audit
from wallet.base.clock import rfc3339
from wallet.base.database import at_once, insert_if_new
from wallet.relying.desks import Desk
from wallet.relying.grants import ItemGrant
from wallet.showing.handle import Shower
from wallet.showing.model import Use, Verification
from wallet.web.principal import Principal

_log = structlog.get_logger()
_INSERT_VERIFICATION: Final = insert(Verification)
_INSERT_USE: Final = insert(Use)


@dataclass(frozen=True)
class Shown:
    """What is known of the code by the time it is judged; nothing of one that cannot be read.

    `region` is the library that issued it, where that is another region's; its `jti` then begins with that.
    """

    jti: str | None = None
    shower: Shower | None = None
    licence_ids: tuple[int, ...] = ()
    on_paper: bool = False
    region: str | None = None

    @property
    def by(self) -> str | None:
        """holder, delegate (a guardian too), assisted or paper, as the verdict says it."""
        if self.on_paper:
            return "paper"
        if self.shower is None:
            return None
        if self.shower.assisted:
            return "assisted"
        return "delegate" if self.shower.delegated or self.shower.for_ward else "holder"


def new_verification_id() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def record_verification(
    tx: Connection,
    desk: Desk,
    grant: ItemGrant,
    shown: Shown,
    verification_id: str,
    outcome: Outcome,
    reason: Reason,
    fields: Mapping[int, Sequence[str]],
    now: datetime,
) -> None:
    """Write it all; `fields` maps a licence to the keys that the desk is given, if any, or that the
    holder is asked for where the verdict is pending."""
    verification = _verification(desk, grant, shown, verification_id, outcome, reason, now)
    uses = _uses(shown, verification_id, {} if outcome == "pending" else fields)
    if outcome == "pending":
        uses = [use | {"asked": list(fields[use["licence_id"]])} for use in uses]
    with at_once(tx):
        tx.execute(_INSERT_VERIFICATION, verification)
        if uses:
            tx.execute(_INSERT_USE, uses)
        record_judged(tx, desk, grant, shown, verification_id, outcome, reason, now, repeated=False)


def record_reconciled(
    tx: Connection,
    desk: Desk,
    grant: ItemGrant,
    shown: Shown,
    judgement: Judgement,
    outcome: Outcome,
    reason: Reason,
    at: datetime,
    now: datetime,
    *,
    since: datetime | None,
    repeated: bool,
) -> bool:
    """Write all of a judgement that a desk made offline; false, with nothing written, where its id
    is on record. `at` is the time that goes on record, `now` when the desk told of it.

    A use that is on record already (`repeated`) is not shown to its holder again.
    """
    offline = {
        "offline_reason": judgement.reason,
        "received_at": now,
        "conflict_since": since,
    }
    verification = _verification(desk, grant, shown, judgement.id, outcome, reason, at)
    if not insert_if_new(tx, Verification, **verification, **offline):
        return False
    conflict = outcome != judgement.outcome
    with at_once(tx):
        if shown.licence_ids and not repeated:
            tx.execute(_INSERT_USE, _uses(shown, judgement.id, {}))
        audit.record(
            tx,
            "verification.reconciled",
            now,
            verification=judgement.id,
            actor=desk.principal.account,
            desk=desk.key,
            unit=desk.principal.unit_id,
            item=grant.item,
            jti=shown.jti,
            verdict=outcome,
            reason=reason,
            offline_reason=judgement.reason,
            judged_at=rfc3339(judgement.judged_at),
            licences=list(shown.licence_ids),
            repeated=repeated,
            conflict=conflict,
            alert=conflict,
        )
    return True


def _verification(
    desk: Desk,
    grant: ItemGrant,
    shown: Shown,
    verification_id: str,
    outcome: Outcome,
    reason: Reason,
    at: datetime,
) -> dict[str, Any]:
    return {
        "id": verification_id,
        "at": at,
        "verdict": outcome,
        "reason": reason,
        "jti": shown.jti,
        "item_id": grant.item_id,
        "unit_id": desk.principal.unit_id,
        "actor": desk.principal.account,
        "desk": desk.key,
        "terminal": desk.terminal,
        "region": shown.region,
        "shown_by": shown.by,
        "shower": str(shown.shower) if shown.shower else None,
        "told_at": None if shown.licence_ids else at,
    }


def _uses(
    shown: Shown, verification_id: str, fields: Mapping[int, Sequence[str]]
) -> list[dict[str, Any]]:
    return [
        {
            "verification_id": verification_id,
            "licence_id": licence_id,
            "fields": list(fields.get(licence_id, ())),
        }
        for licence_id in shown.licence_ids
    ]


def record_judged(
    tx: Connection,
    desk: Desk,
    grant: ItemGrant,
    shown: Shown,
    verification_id: str,
    outcome: Outcome,
    reason: Reason,
    now: datetime,
    *,
    repeated: bool,
) -> None:
    """The audit event, one for every judged request, repeats included."""
    audit.record(
        tx,
        "verification.judged",
        now,
        verification=verification_id,
        actor=desk.principal.account,
        desk=desk.key,
        unit=desk.principal.unit_id,
        item=grant.item,
        jti=shown.jti,
        verdict=outcome,
        reason=reason,
        licences=list(shown.licence_ids),
        repeated=repeated,
    )


def alert(event: str, principal: Principal, **ids: str) -> None:
    """Warn in the log, one line and ids alone; call it once the event has been committed.

    A desk is told by its session: the name of a client's terminal is free text.
    """
    _log.warning(
        event,
        actor=principal.account,
        unit=principal.unit_id,
        session=principal.session,
        **ids,
    )
