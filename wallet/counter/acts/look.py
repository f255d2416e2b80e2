"""Look at a licence of the served person: its face, for whoever serves to read what the matter needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wallet.base.deps import Deps
from wallet.counter.acts.content import ActContent
from wallet.counter.acts.model import FACE
from wallet.counter.acts.note import note_done
from wallet.counter.assist import lock_assistance
from wallet.licences.held import HeldField, HeldLicence
from wallet.licences.of_holder import licence_of_holder
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Face:
    """A licence with its face."""

    licence: HeldLicence
    fields: Sequence[HeldField]


def look_at(
    deps: Deps, principal: Principal, assistance_id: str, identifier: str, now: datetime
) -> Face:
    """The face of a licence of the served person, also of one that is not valid; the holder is told of each look.

    Raises NotFound (session, or a licence of somebody else), Conflict (`assistance_ended`).
    """
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        held, fields = licence_of_holder(tx, deps, session.holder_id, identifier, now)
        told = ActContent(told={"证照": held.type_name})
        note_done(tx, deps, principal, session, FACE, told, now)
    return Face(held, fields)
