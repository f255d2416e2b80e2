"""Fan a message out: what each topic of the outbox leads to, in one transaction for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from wallet.base.deps import Deps
from wallet.base.outbox import Message, take_messages
from wallet.holders.acting import TOPIC as ACTING_TOPIC
from wallet.licences.delegations.tell import tell
from wallet.licences.delivery.acting import tell_of_acting
from wallet.licences.delivery.deliver import deliver
from wallet.licences.delivery.notify import USE_TOPIC
from wallet.licences.platform.push import push
from wallet.relying.merchant_checks.tell import TOPIC as CHECK_TOPIC
from wallet.relying.merchant_checks.tell import note_changes, queue_told
from wallet.showing.notices import deliver_uses

FAN_OUT: Final = 500
"""Messages that are fanned out in one transaction."""

Plan = Callable[[Connection, Deps, Sequence[Message], datetime], None]

_PLANS: Final[Mapping[str, tuple[Plan, ...]]] = {
    "licence.issued": (deliver, push, note_changes),
    "licence.status_changed": (deliver, push, note_changes),
    "licence.expired": (deliver, push, note_changes),
    "licence.expiring": (deliver,),
    "catalogue.published": (push,),
    "delegation.changed": (tell,),
    ACTING_TOPIC: (tell_of_acting,),
    USE_TOPIC: (deliver_uses,),
    CHECK_TOPIC: (queue_told,),
}
"""Topic → what it leads to. Messages of other topics stay until somebody takes them."""


def fan_out(deps: Deps, now: datetime) -> int:
    """Fan out the oldest messages of all topics; gives how many."""
    with deps.db.begin() as tx:
        messages = take_messages(tx, _PLANS, FAN_OUT, now)
        plans = dict.fromkeys(plan for topic in _PLANS for plan in _PLANS[topic])
        for plan in plans:
            concerned = [message for message in messages if plan in _PLANS[message.topic]]
            if concerned:
                plan(tx, deps, concerned, now)
    return len(messages)
