"""Print the history and the notices of a served person, to be handed over or sent as a letter.

1. what stands on it is read
2. it is drawn: what cannot be drawn is told to nobody
3. a transaction notes the act, and marks each notice that is on it as told on paper, the first time only
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update

from wallet.base import audit
from wallet.base.clock import SHANGHAI
from wallet.base.deps import Deps
from wallet.base.typesetting import typeset
from wallet.counter.acts.content import ActContent
from wallet.counter.acts.model import HISTORY
from wallet.counter.acts.note import note_done
from wallet.counter.assist import lock_assistance, open_assistance
from wallet.counter.history.gather import HistoryWanted, ServedHistory, served_history
from wallet.counter.history.words import of_copy, of_news, of_use
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.names import masked_name
from wallet.licences.delivery.model import InboxEntry
from wallet.organisations.model import Unit
from wallet.web.principal import Principal

TEMPLATE: Final = "history.typ"


@dataclass(frozen=True)
class HistoryForm:
    """How it is printed: `large` in large print; `address` the lines for the window of an envelope, which are not kept,
    empty where the person takes it along."""

    large: bool = False
    address: tuple[str, ...] = ()


def print_history(
    deps: Deps,
    principal: Principal,
    assistance_id: str,
    wanted: HistoryWanted,
    form: HistoryForm,
    now: datetime,
) -> bytes:
    """The PDF. Raises as `served_history`, and Conflict (`glyph_missing`)."""
    found = served_history(deps, principal, assistance_id, wanted, now)
    with deps.db.read() as tx:
        session = open_assistance(tx, principal, assistance_id, now)
        of = select(Holder.kind, Holder.name_sealed, Unit.name.label("unit")).select_from(Holder)
        more = tx.execute(
            of.join(Unit, Unit.id == session.unit_id).where(Holder.id == session.holder_id)
        ).one()
    holder = masked_name(deps.vault.open(more.name_sealed, HOLDER_NAME), more.kind)
    period = _period(wanted)
    says = _says(found) | {
        "holder": holder,
        "unit": more.unit,
        "terminal": session.terminal,
        "period": period,
        "address": list(form.address),
        "drawn_at": _minute(now),
        "demo": deps.config.demo,
        "large": form.large,
    }
    pdf = typeset(TEMPLATE, says, now)
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        told = {"时间": period, "消息": f"{len(found.notices)} 条"}
        told |= {"方式": "按信件寄送"} if form.address else {}
        note_done(tx, deps, principal, session, HISTORY, ActContent(told=told), now)
        entries = [news.id for news in found.notices if news.printed_at is None]
        if entries:
            untold = (InboxEntry.id.in_(entries), InboxEntry.printed_at.is_(None))
            tx.execute(update(InboxEntry).where(*untold).values(printed_at=now))
            by = {"actor": principal.account, "unit": session.unit_id}
            audit.record(tx, "inbox.printed", now, assistance=session.id, entries=entries, **by)
    return pdf


def _says(found: ServedHistory) -> dict[str, Any]:
    notices = []
    for news in found.notices:
        about, word, lines = of_news(news)
        at = _minute(news.delivered_at)
        again = news.printed_at is not None
        notices.append({"at": at, "about": about, "word": word, "lines": lines, "again": again})
    used = []
    for entry in found.uses:
        word, lines = of_use(entry)
        about = entry.licence_type or "您的证照"
        used.append({"at": _minute(entry.at), "about": about, "word": word, "lines": lines})
    copies = [
        {"at": _minute(one.printed_at), "about": one.type_name, "word": "", "lines": of_copy(one)}
        for one in found.copies
    ]
    return {"notices": notices, "uses": used, "copies": copies, "more": found.more}


def _period(wanted: HistoryWanted) -> str:
    since = wanted.since.isoformat() if wanted.since else "开始"
    return f"{since} 至 {wanted.until.isoformat() if wanted.until else '现在'}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
