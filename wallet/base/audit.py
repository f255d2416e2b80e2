"""The audit trail: each event is declared once, with its exact fields.

Events are written in the transaction of the change they tell of. They carry ids, units, items,
purposes and outcomes, never a personal value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Mapped, mapped_column

from wallet.base.database import Base

EVENTS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "session.started": "subject session",
        "session.ended": "subject session",
        "session.confirmed": "subject session",
        "session.locked": "subject session cause",
        "sign_in.refused": "provider reason",
        "account.opened": "account holder_id",
        "account.renamed": "account holder_id",
        "token.issued": "client session",
        "licence.received": "licence actor unit type version",
        "licence.issued": "licence unit type version kid",
        "unit.added": "unit actor parent level kinds area_code",
        "unit.changed": "unit actor changed parent level kinds area_code",
        "unit.closed": "unit actor staff clients",
        "responsible.filed": "unit staff actor",
        "responsible.ended": "unit staff actor",
        "basis.added": "document actor effective_from effective_to replaced_by",
        "basis.changed": "document actor changed effective_from effective_to replaced_by",
        "staff.added": "staff unit actor roles",
        "staff.changed": "staff unit actor changed roles",
        "staff.disabled": "staff unit actor",
        "staff.enabled": "staff unit actor roles",
        "catalogue.written": "account unit type version",
        "catalogue.submitted": "account unit type version",
        "catalogue.returned": "account unit type version",
        "catalogue.reviewed": "account unit type version",
        "catalogue.published": "account unit type version",
        "use_item.written": "account unit item version",
        "use_item.submitted": "account unit item version",
        "use_item.returned": "account unit item version",
        "use_item.reviewed": "account unit item version",
        "use_item.scheduled": "account unit item version",
        "use_item.published": "account unit item version",
        "use_item.withdrawn": "account unit item version",
        "licence.reviewed": "licence staff unit type version decision",
        "licence.secret_refused": "actor unit type batch line",
        "batch.received": "batch actor unit type stock size",
        "batch.finished": "batch actor state stored failed",
        "licence.status_changed": (
            "licence actor unit type version act from_status from_code to_status to_code"
        ),
        "licence.searched": "actor unit by hits",
        "licence.viewed": "licence actor unit revealed",
        "licence.expired": "licence unit type version",
        "licence.downloaded": "licence actor role seal",
        "seal.imported": "unit certificate",
        "channel.set": "channel changed",
        "inbox.read": "entry licence account",
        "inbox.printed": "assistance entries actor unit",
        "dispatch.died": "dispatch destination error",
        "dispatch.replayed": "dispatch destination",
        "dispatch.dropped": "dispatch destination",
        "exemption.set": "kind unit type starts_on ends_on",
        "showing.withdrawn": "account jti",
        "showing.sent": "account jti desk",
        "desk.handed_over": (
            "subject session unit terminal accepted refused undetermined offline mismatches questions unsent"
        ),
        "desk_number.drawn": "actor desk unit",
        "delegation.offered": "delegation kind grantor account licences items starts_on ends_on",
        "delegation.accepted": "delegation account",
        "delegation.ended": "delegation account by",
        "administrator.offered": "administrator organisation account",
        "administrator.accepted": "administrator organisation account",
        "administrator.ended": "administrator organisation account by",
        "representative.entered": "representative account holder_id role ends_on",
        "representative.ended": "representative account holder_id",
        "account.frozen": "account",
        "account.unfrozen": "account",
        "consent.answered": "verification account jti allow verdict reason licences",
        "consent.lapsed": "verification jti reason",
        "key.changed": "kid state by hurry",
        "licences.reconciled": (
            "reconciliation actor unit type lines missing_here missing_there older_here older_there"
            " status_differs content_differs"
        ),
        "licences.archived": "unit types begins_on ends_on licences digest",
        "coverage.told": "unit type year expected source actor",
        "force_majeure.reported": "report actor unit types started_at",
        "force_majeure.measured": "report actor unit",
        "force_majeure.cleared": "report actor unit cleared_at due_at",
        "force_majeure.closed": "report actor unit backlog in_time",
        "library.restored": "by",
        "library.confirmed": "restored_at",
        "verification.judged": (
            "verification actor desk unit item jti verdict reason licences repeated"
        ),
        "verification.reconciled": (
            "verification actor desk unit item jti verdict reason offline_reason judged_at licences"
            " repeated conflict alert"
        ),
        "holdings.looked_up": "look_up actor desk unit item jti holder_id licences",
        "holdings.refused": "actor desk unit item jti reason",
        "holdings.paper_asked": "look_up actor desk unit item licences",
        "verification.refused_beyond_grant": "actor desk unit item types cause alert",
        "client.added": "client unit actor roles",
        "client.secret_rotated": "client unit actor overlap_days",
        "client.keys_set": "client unit actor keys",
        "client.ended": "client unit actor",
        "client.refused": "client unit cause alert",
        "client.bound": "client grant unit actor",
        "client.unbound": "client grant unit actor",
        "assistance.begun": "assistance holder_id actor unit terminal evidence visit",
        "visits.prepared": "visits day entries actor unit",
        "visits.confirmed": "visits actor unit",
        "visit.struck": "visits entry actor unit",
        "assistance.refused": "actor unit evidence",
        "assistance.ended": "assistance actor",
        "assistance.receipt_taken": "assistance actor unit",
        "act.prepared": "act assistance kind actor unit",
        "act.withdrawn": "act assistance kind actor unit",
        "act.confirmed": "act assistance kind actor unit delegation",
        "act.declined": "act assistance kind actor unit",
        "act.done": "act assistance kind actor unit delegation",
        "hand_over.sent": "assistance jti licences desk actor unit",
        "hand_over.withdrawn": "assistance jti actor unit",
        "hand_over.answered": (
            "assistance evidence actor unit verification jti allow verdict reason licences"
        ),
        "slips.issued": "block count actor unit",
        "slips.printed": "block actor unit",
        "slip.entered": (
            "slip actor unit staff item holder_id served seen_at late entered_afterwards"
        ),
        "slip.spoilt": "slip actor unit",
        "kiosk.released": "kiosk assistance actor unit",
        "kiosk.ended": "kiosk assistance cause actor",
        "copy.printed": ("serial assistance licence actor unit item recipient ends_on single_use"),
        "copy.downloaded": "serial actor unit",
        "copy.revoked": "serial licence actor",
        "desk_refusal.reported": "report actor unit item kind",
        "desk_refusal.answered": "report actor unit",
        "application.written": "application unit item actor",
        "application.submitted": "application unit item actor",
        "application.returned": "application unit item actor",
        "application.reviewed": "application unit item actor",
        "application.approved": "application unit item actor",
        "application.rejected": "application unit item actor",
        "application.filed": "application unit item actor",
        "application.granted": "application unit item actor",
        "application.withdrawn": "application unit item actor",
        "application.noted": "application unit item actor",
        "application.objected": "application unit item actor",
        "proof.added": "proof application actor",
        "proof.removed": "proof application actor",
        "proof.read": "proof application actor",
        "approval_right.opened": "unit actor ends_on",
        "approval_right.ended": "unit actor",
        "grant.given": "grant unit actor application fields starts_on ends_on",
        "region.set": "issuer hours fetched",
        "region.removed": "issuer",
        "region.accepted": "issuer item types shows_holder",
        "grant.suspended": "grant unit actor",
        "grant.resumed": "grant unit actor",
        "grant.look_ups_set": "grant unit actor per_day",
        "alert.closed": "alert unit actor",
        "suspension_rule.set": "unit actor refusals minutes",
        "merchant_check.received": "check actor unit item types lines",
        "merchant_check.answered": "check actor unit item lines licences",
        "merchant_check.finished": "check actor unit state answered matched changed unreadable",
        "merchant_check.read": "check actor unit",
        "merchant_check.subscribed": "check actor unit",
        "merchant_check.unsubscribed": "check actor unit",
        "merchant_check.told": "check actor unit item licences",
        "merchant_check.deleted": "check unit",
        "verification.outcome": "verification actor desk outcome alert",
    }.items()
}


class AuditEvent(Base):
    """One event. `sealed` turns true when the worker has put it into the tree (RFC 9162)."""

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str]
    fields: Mapped[dict[str, Any]]
    sealed: Mapped[bool] = mapped_column(default=False, index=True)


_INSERT: Final = insert(AuditEvent).inline()


def record(tx: Connection, name: str, now: datetime, **fields: Any) -> None:
    """Write one event in the caller's transaction. Undeclared names or fields raise ValueError."""
    record_all(tx, name, now, [fields])


def record_all(
    tx: Connection, name: str, now: datetime, events: Sequence[Mapping[str, Any]]
) -> None:
    """As `record`, of several events of one name."""
    for fields in events:
        if name not in EVENTS or EVENTS[name] != set(fields):
            raise ValueError(f"audit event {name} is not declared with the fields {sorted(fields)}")
    if events:
        rows = [{"at": now, "name": name, "fields": fields, "sealed": False} for fields in events]
        tx.execute(_INSERT, rows)
