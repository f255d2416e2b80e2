"""A clerk leaves the desk for a while (锁屏): it does nothing until they have proved again who they are."""

from __future__ import annotations

from datetime import datetime

from wallet.base.deps import Deps
from wallet.relying.desk_numbers.draw import release_number
from wallet.relying.desks import desk_of
from wallet.web.principal import Principal
from wallet.web.sessions import lock_session


def lock_desk(deps: Deps, principal: Principal, cause: str, now: datetime) -> None:
    """Lock the session in every tab; its desk number ends, since nobody would take what is sent to it.

    `cause` says whether the clerk did it or nobody had used the desk for a while.
    """
    with deps.db.begin() as tx:
        lock_session(tx, principal, cause, now)
        release_number(tx, desk_of(principal, None).key)
