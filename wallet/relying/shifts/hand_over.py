"""A clerk hands the desk to the next one (交班): what was done is recorded, what is open ends, the session too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.organisations.place import Place, seal_place
from wallet.relying.desk_numbers.draw import release_number
from wallet.relying.desks import desk_of
from wallet.relying.shifts.shift import read_shift
from wallet.showing.questions import EXPIRED, void
from wallet.web.principal import Principal
from wallet.web.sessions import drop_session, id_token_of


@dataclass(frozen=True)
class HandedOver:
    """`place` tells this computer which desk it is, for who comes next; `id_token` is that of the
    session's provider, empty where there was none."""

    place: str
    id_token: str = field(repr=False)


def hand_over(deps: Deps, principal: Principal, unsent: int, now: datetime) -> HandedOver:
    """End the session of a desk, with what it had open, and record the day's counts.

    `unsent` is how many judgements the computer keeps that it has not told of, by its own word.
    A question that is open ends as if its time were over: nobody would read its answer. So its
    holder is told that nothing was shown, and may show again to the next clerk.
    """
    with deps.db.begin() as tx:
        shift = read_shift(tx, principal, now)
        for question in shift.questions:
            void(tx, question.jti, question.verification_id, EXPIRED, now, now)
        release_number(tx, desk_of(principal, None).key)
        audit.record(
            tx,
            "desk.handed_over",
            now,
            subject=principal.account,
            session=principal.session,
            unit=principal.unit_id,
            terminal=principal.terminal,
            accepted=shift.accepted,
            refused=shift.refused,
            undetermined=shift.undetermined,
            offline=shift.offline,
            mismatches=shift.mismatches,
            questions=len(shift.questions),
            unsent=unsent,
        )
        sealed = drop_session(tx, principal, now)
    assert principal.unit_id is not None  # a desk belongs to a unit
    place = Place(principal.unit_id, principal.terminal, int(now.timestamp()))
    return HandedOver(seal_place(deps.vault, place), id_token_of(deps.vault, sealed))
