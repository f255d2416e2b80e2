"""What a served person reads on paper: the history of a period, the copies, and the notices that nobody has opened.

It is that holder's alone, account or not, and nothing of those whom an account of theirs acts for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from wallet import numbers
from wallet.base.deps import Deps
from wallet.counter.acts.paper import served_copies
from wallet.counter.assist import open_assistance
from wallet.counter.copies import CopyView
from wallet.errors import Invalid
from wallet.holders.sign_in import NOBODY
from wallet.licences.delivery.inbox import UNREAD, UNTOLD, inbox
from wallet.licences.delivery.news import InboxNews
from wallet.showing.filters import WantedUses
from wallet.showing.history import UseEntry
from wallet.showing.uses import uses
from wallet.web.principal import Principal

_MOST: Final = numbers.PAGE_LIMIT_MAX


@dataclass(frozen=True)
class HistoryWanted:
    """A period in local days, inclusive, None without an end; `again` with the notices that were printed before."""

    since: date | None
    until: date | None
    again: bool = False


@dataclass(frozen=True)
class ServedHistory:
    """The newest of each, 200 at most, and whether there are `more` of any; `notices` are those not opened on a phone."""

    uses: Sequence[UseEntry]
    copies: Sequence[CopyView]
    notices: Sequence[InboxNews]
    more: bool


def served_history(
    deps: Deps, principal: Principal, assistance_id: str, wanted: HistoryWanted, now: datetime
) -> ServedHistory:
    """Those of the person served in an open session.

    Raises NotFound, Conflict (`assistance_ended`), Invalid (`period`).
    """
    if wanted.since and wanted.until and wanted.since > wanted.until:
        sentence = "开始日期不能晚于结束日期。"
        raise Invalid(f"to：{sentence}", "period", {"to": [sentence]})
    with deps.db.read() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
    served = Principal("holder", NOBODY, NOBODY, "", holder_id=session.holder_id)
    used = uses(deps, served, now, _MOST, None, WantedUses(wanted.since, wanted.until))
    copies, further = served_copies(deps, principal, assistance_id, _MOST, None, now)
    which = UNREAD if wanted.again else UNTOLD
    news = inbox(deps, served, now, _MOST, which=which)
    return ServedHistory(
        uses=used.items,
        copies=copies,
        notices=news.items,
        more=any((used.next_cursor, further, news.next_cursor)),
    )
