"""Tell of a machine client that could not prove who it is: recorded each time, alerted once.

Known clients alone: whoever makes names up fills no table. A secret that was seen in an address is told
of even where it is a good one, since it is in a log by then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import structlog

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.organisations.alerts import count_alert
from wallet.web.limits import count_refused

Cause = Literal["secret", "secret_in_url", "assertion", "assertion_expired", "assertion_replayed"]
"""A wrong secret; one in the address; an assertion (RFC 7523) that proves nothing, is over, or was used."""

_log = structlog.get_logger()


def record_refused_client(
    deps: Deps, client_id: int, unit_id: int, cause: Cause, now: datetime
) -> None:
    """Record a vain try of a client of a unit, and alert it if nobody was told yet.

    Raises TooMany, with nothing recorded, beyond `numbers.CLIENT_REFUSALS_PER_MINUTE`.
    """
    account = f"client:{client_id}"
    count_refused(deps, account)
    with deps.db.begin() as tx:
        opened = count_alert(tx, unit_id, account, "", cause, now)
        audit.record(
            tx, "client.refused", now, client=client_id, unit=unit_id, cause=cause, alert=opened
        )
    if opened:
        _log.warning("client.refused", actor=account, unit=unit_id, cause=cause)
