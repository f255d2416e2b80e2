"""A managing unit answers a report, once, with a sentence; whom it happened to is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update

from wallet.base import audit
from wallet.base.clock import rfc3339
from wallet.base.deps import Deps
from wallet.errors import Conflict, NotFound
from wallet.licences.delivery.model import REPORT_ANSWERED, InboxEntry
from wallet.relying.desk_refusals.listed import Report, as_report, in_sight, reports_where
from wallet.relying.desk_refusals.model import ANSWER, DeskRefusal
from wallet.web.principal import Principal


def answer_report(
    deps: Deps, principal: Principal, report_id: str, sentence: str, now: datetime
) -> Report:
    """Answer it. Raises NotFound (`report_unknown`) for one of units that are not in sight, Conflict
    (`report_answered`) for one that has been."""
    of = DeskRefusal.public_id == report_id
    with deps.db.begin() as tx:
        row = None
        if report_id.isascii() and report_id.isprintable():
            row = tx.execute(reports_where(in_sight(principal, now) & of)).one_or_none()
        if row is None:
            raise NotFound("没有找到这条反映，请回到列表重新选择。", "report_unknown")
        done = tx.execute(
            update(DeskRefusal)
            .where(DeskRefusal.id == row.id, DeskRefusal.answered_at.is_(None))
            .values(
                answer_sealed=deps.vault.seal(sentence, ANSWER),
                answered_by=principal.account,
                answered_at=now,
            )
        )
        if not done.rowcount:
            raise Conflict("这条反映已经答复，不能再改。", "report_answered")
        told = {"actor": principal.account, "unit": row.unit_id}
        audit.record(tx, "desk_refusal.answered", now, report=row.id, **told)
        if row.holder_id is not None:
            entry = {"holder_id": row.holder_id, "act": REPORT_ANSWERED, "delivered_at": now}
            use = {
                "at": rfc3339(row.at), "unit": row.unit_name, "terminal": "", "item": row.item_name,
                "item_en": row.item_name_en, "fields": [], "fields_en": [],
                "outcome": REPORT_ANSWERED, "reason": row.kind, "shown_by": None, "offline": False,
            }  # fmt: skip
            tx.execute(insert(InboxEntry), {**entry, "use": use})
        after = tx.execute(reports_where(DeskRefusal.id == row.id)).one()
    return as_report(deps.vault, after)
