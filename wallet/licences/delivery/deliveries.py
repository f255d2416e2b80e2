"""How a licence and its changes were delivered: what its issuing unit sees, and what channels tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.dispatches import Dispatch
from wallet.base.webhooks import is_signed, receipt_of
from wallet.errors import NotFound, NotSignedIn
from wallet.licences.delivery.deliver import destination_of
from wallet.licences.delivery.model import CHANNEL_SECRET, Channel, Delivery, InboxEntry
from wallet.licences.delivery.notify import told_times
from wallet.licences.model import IDENTIFIER, Exemption, Licence
from wallet.web.principal import Principal

WALLET: Final = "wallet"
"""The inbox among the channels."""


@dataclass(frozen=True)
class LicenceDelivery:
    """One delivery of what became of a licence.

    `channel` is a channel's code, `wallet` for an inbox, None where the type is exempt: then `basis`
    says why. `state` is waiting, accepted (by the channel), delivered, read, dead, dropped or exempt.
    `attempts`, `receipt` and `error` are those of the queue.
    """

    channel: str | None
    channel_name: str
    act: str
    state: str
    at: datetime
    attempts: int = 0
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    receipt: str | None = None
    error: str | None = None
    basis: str | None = None


def licence_deliveries(tx: Connection, licence_id: int) -> list[LicenceDelivery]:
    """All deliveries of one version of a licence, oldest first; one for the inbox of each holder.

    What was done with it is its holders' business, and not told here.
    """
    inboxes = tx.execute(
        select(InboxEntry.act, InboxEntry.delivered_at, InboxEntry.read_at)
        .where(InboxEntry.licence_id == licence_id, InboxEntry.use.is_(None))
        .order_by(InboxEntry.id)
    )
    through = tx.execute(
        select(
            Delivery,
            Channel.code.label("channel"),
            Channel.name.label("channel_name"),
            Dispatch.state,
            Dispatch.attempts,
            Dispatch.receipt,
            Dispatch.last_error,
            Exemption.basis,
        )
        .join(Channel, Channel.id == Delivery.channel_id, isouter=True)
        .join(Dispatch, Dispatch.id == Delivery.dispatch_id, isouter=True)
        .join(Exemption, Exemption.id == Delivery.exemption_id, isouter=True)
        .where(Delivery.licence_id == licence_id)
        .order_by(Delivery.id)
    )
    deliveries = [_in_wallet(row) for row in inboxes] + [_through(row) for row in through]
    return sorted(deliveries, key=lambda delivery: delivery.at)


def deliveries_of(deps: Deps, client: Principal, identifier: str) -> list[LicenceDelivery]:
    """As `licence_deliveries`, for its issuing unit; raises NotFound for any other's licence."""
    with deps.db.read() as tx:
        licence_id = tx.execute(
            select(Licence.id).where(
                Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER),
                Licence.unit_id == client.unit_id,
            )
        ).scalar_one_or_none()
        if licence_id is None:
            raise NotFound("本单位没有签发过这一标识的证照。")
        return licence_deliveries(tx, licence_id)


def note_receipts(
    deps: Deps,
    channel: str,
    headers: Mapping[str, str],
    body: bytes,
    receipts: Sequence[Mapping[str, Any]],
    now: datetime,
) -> int:
    """Keep what a channel tells later: `{id, delivered_at?, read_at?, receipt?}` each; how many.

    `id` is the `webhook-id` that it was sent. The first time told of each kind stays; what is not
    this channel's is passed over. Raises NotSignedIn (`bad_signature`) unless the channel's own
    secret signed the body.
    """
    with deps.db.begin() as tx:
        row = tx.execute(select(Channel).where(Channel.code == channel)).one_or_none()
        sealed = None if row is None or row.disabled_at else row.secret_sealed
        if sealed is None or not is_signed(
            deps.vault.open(sealed, CHANNEL_SECRET), headers, body, now
        ):
            raise NotSignedIn("签名不对，请核对通道的密钥与时间。", "bad_signature")
        return sum(_note(tx, channel, told, now) for told in receipts)


def _note(tx: Connection, channel: str, told: Mapping[str, Any], now: datetime) -> bool:
    row = tx.execute(
        select(Dispatch.id, Dispatch.receipt, Delivery.delivered_at, Delivery.read_at)
        .join(Delivery, Delivery.dispatch_id == Dispatch.id)
        .where(Dispatch.key == told["id"], Dispatch.destination == destination_of(channel))
    ).one_or_none()
    if row is None:
        return False
    times = told_times(told, now)
    if "read_at" in times:
        times.setdefault("delivered_at", times["read_at"])  # nobody reads what has not arrived
    new = {name: at for name, at in times.items() if getattr(row, name) is None}
    if new:
        tx.execute(update(Delivery).where(Delivery.dispatch_id == row.id).values(new))
    receipt = receipt_of(told)
    if receipt and row.receipt is None:
        tx.execute(update(Dispatch).where(Dispatch.id == row.id).values(receipt=receipt))
    return True


def _in_wallet(row: AnyRow) -> LicenceDelivery:
    state = "read" if row.read_at else "delivered"
    return LicenceDelivery(
        WALLET, "亮证卡包", row.act, state, row.delivered_at, 0, row.delivered_at, row.read_at
    )


def _through(row: AnyRow) -> LicenceDelivery:
    if row.channel is None:
        return LicenceDelivery(None, "", row.act, "exempt", row.at, basis=row.basis)
    state = "accepted" if row.state == "done" else row.state
    if row.read_at or row.delivered_at:
        state = "read" if row.read_at else "delivered"
    return LicenceDelivery(
        row.channel,
        row.channel_name,
        row.act,
        state,
        row.at,
        row.attempts,
        row.delivered_at,
        row.read_at,
        row.receipt,
        row.last_error,
    )
