"""The copies on paper of a served person: which there are, and the end of one that is lost or no longer needed.

Who has lost a copy has lost its serial too, so it is found by whom it was printed for, at whatever counter.
"""

from __future__ import annotations

from datetime import datetime

from wallet.base.deps import Deps
from wallet.counter.acts.content import ActContent
from wallet.counter.acts.model import COPY_END
from wallet.counter.acts.note import note_done
from wallet.counter.assist import lock_assistance, open_assistance
from wallet.counter.copies import CopyView, copies_where, copy_of_holder, end_copy
from wallet.counter.model import PURPOSE, RECIPIENT, Copy
from wallet.counter.serial import grouped
from wallet.web.principal import Principal


def served_copies(
    deps: Deps,
    principal: Principal,
    assistance_id: str,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> tuple[list[CopyView], str | None]:
    """A page of the copies that were printed for the served person, the latest first.

    Raises NotFound, Conflict (`assistance_ended`), Invalid (`invalid_cursor`).
    """
    with deps.db.read() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        return copies_where(tx, deps, Copy.holder_id == session.holder_id, limit, cursor, now)


def revoke_copy_for(
    deps: Deps, principal: Principal, assistance_id: str, serial: str, reason: str, now: datetime
) -> None:
    """Revoke one of them, at once and for good; twice is once.

    Raises NotFound (`copy_unknown`), Conflict (`assistance_ended`).
    """
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        copy = copy_of_holder(tx, session.holder_id, serial)
        if not end_copy(tx, deps, principal, copy, reason, now):
            return
        told = {
            "编号": grouped(copy.serial),
            "用途": deps.vault.open(copy.purpose_sealed, PURPOSE),
            "给谁": deps.vault.open(copy.recipient_sealed, RECIPIENT),
        }
        note_done(tx, deps, principal, session, COPY_END, ActContent(told=told), now)
