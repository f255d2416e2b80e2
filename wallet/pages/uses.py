"""使用记录: every use of the holder's data and what they showed for others, by day; which, says the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from verify.languages import chosen_language
from verify.verdict import REASONS, sentence
from wallet.base.clock import SHANGHAI, local_day, read_day
from wallet.licences.delivery.model import ASSISTED, LOOKED_UP
from wallet.pages.counter_words import told_act_words, told_evidence_words
from wallet.showing.filters import HistoryType, WantedUses, history_types
from wallet.showing.history import UseEntry
from wallet.showing.uses import uses
from wallet.web.deps import deps, now
from wallet.web.guards import guard, holder
from wallet.web.principal import current_principal

blueprint = Blueprint("use_pages", __name__)

USES_ON_A_PAGE = 30
PERIODS: Final = (7, 30, 90, 365)
"""Days up to today that the form offers, beside days of one's own choice."""
_WHO: Final[Mapping[str, dict[str, str]]] = {
    "self": {"role": "own", "by": "me"},
    "for_me": {"role": "own", "by": "others"},
    "by_me": {"role": "delegate"},
}
"""Who has shown: I myself, somebody for me, I for somebody."""
_OUTCOMES: Final = ("accepted", "refused", LOOKED_UP, ASSISTED)


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as far as it is known: what is not there or is none of ours is empty."""

    days: str
    since: str
    until: str
    licence_type: str
    outcome: str
    who: str
    under: str

    def address(self, **more: str) -> str:
        """The address of a page with this choice."""
        own = self.days == "own"
        values = {
            "delegation": self.under,
            "days": self.days,
            "from": self.since if own else "",
            "to": self.until if own else "",
            "type": self.licence_type,
            "outcome": self.outcome,
            "who": self.who,
            **more,
        }
        chosen = urlencode({name: value for name, value in values.items() if value})
        return f"/wallet/uses?{chosen}" if chosen else "/wallet/uses"


@blueprint.get("/wallet/uses")
@guard(holder())
def use_history() -> str:
    """Every use, by day; or those that the address asks for."""
    asked, cursor = _asked(request.args), request.args.get("cursor")
    principal = current_principal()
    page = uses(deps(), principal, now(), USES_ON_A_PAGE, cursor, _wanted(asked))
    choices = _choices(history_types(deps(), principal, now()))
    return render_template(
        "holder/uses.html",
        days=_by_day(page.items),
        next_cursor=page.next_cursor,
        first=cursor is None,
        asked=asked,
        choices=choices,
        chosen=_chosen(asked, choices),
        today=local_day(now()),
    )


def described(entry: UseEntry) -> dict[str, object]:
    """A use in the words of the page."""
    language = chosen_language()
    english = language == "en"
    reason = next((known for known in REASONS if known == entry.reason), None)
    return {
        "at": entry.at,
        "day": local_day(entry.at),
        "time": f"{entry.at.astimezone(SHANGHAI):%H:%M}",
        "unit": entry.unit,
        "terminal": entry.terminal,
        "item": entry.item_name_en if english else entry.item_name,
        "licence_type": entry.licence_type_en if english else entry.licence_type,
        "fields": entry.fields_en if english else entry.fields,
        "asked": entry.asked_en if english else entry.asked,
        "outcome": entry.outcome,
        "mismatch": entry.served == "person_mismatch",
        "shown_by": entry.shown_by,
        "role": entry.role,
        "under": entry.under,
        "holder": entry.holder,
        "acted": entry.acted,
        "counter": entry.counter,
        "by_other": entry.role == "own" and bool(entry.under or entry.acted),
        "offline": entry.offline,
        "sentence": sentence(reason, language) if reason else "",
        "reason": entry.reason,
        "kind": entry.kind,
        "cause": entry.cause,
        "case": entry.case,
        "paper_asked": entry.paper_asked,
        "evidence": told_evidence_words().get(entry.evidence or "", entry.evidence),
        "act": told_act_words().get(entry.act or "", entry.act),
    }


def _by_day(entries: Iterable[UseEntry]) -> list[tuple[date, list[dict[str, object]]]]:
    """Entries newest first → (local day, what the page says of each use)."""
    days = groupby(entries, key=lambda entry: local_day(entry.at))
    return [(day, [described(entry) for entry in group]) for day, group in days]


def _choices(types: Iterable[HistoryType]) -> dict[str, dict[str, str]]:
    """By the name of a field, its values and their words."""
    english = chosen_language() == "en"
    days = {str(days): _("最近 %(days)s 天", days=days) for days in PERIODS}
    return {
        "days": days | {"365": _("最近一年"), "own": _("自己定")},
        "type": {one.code: one.name_en if english else one.name for one in types},
        "outcome": {
            "accepted": _("已核验"),
            "refused": _("没有出示"),
            LOOKED_UP: _("只查有没有"),
            ASSISTED: _("帮办代办"),
        },
        "who": {
            "self": _("我自己出示"),
            "for_me": _("别人替我出示"),
            "by_me": _("我替别人出示"),
        },
    }


def _chosen(asked: Asked, choices: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What narrows the history, in words."""
    values = {"type": asked.licence_type, "outcome": asked.outcome, "who": asked.who}
    words = [choices[name].get(value, value) for name, value in values.items() if value]
    if asked.days == "own":
        return [f"{asked.since or '…'} – {asked.until or '…'}", *words]
    return [choices["days"][asked.days], *words] if asked.days else words


def _asked(args: Mapping[str, Any]) -> Asked:
    days = args.get("days", "")
    since, until = (_day(args.get(name, "")) for name in ("from", "to"))
    return Asked(
        days=days if days in {"own", *map(str, PERIODS)} else "",
        since=since,
        until=until,
        licence_type=_line(args.get("type", "")),
        outcome=_one_of(args.get("outcome", ""), _OUTCOMES),
        who=_one_of(args.get("who", ""), _WHO),
        under=_line(args.get("delegation", "")),
    )


def _wanted(asked: Asked) -> WantedUses:
    since: date | None = None
    until: date | None = None
    if asked.days == "own":
        since = read_day(asked.since) if asked.since else None
        until = read_day(asked.until) if asked.until else None
    elif asked.days:
        since = local_day(now()) - timedelta(days=int(asked.days) - 1)
    return WantedUses(
        since=since,
        until=until,
        licence_type=asked.licence_type or None,
        outcome=asked.outcome or None,
        under=asked.under or None,
        **_WHO.get(asked.who, {}),
    )


def _day(text: str) -> str:
    try:
        return read_day(text).isoformat()
    except ValueError:
        return ""


def _line(text: str) -> str:
    """No database is asked for what no code is made of."""
    return text if text.isascii() and text.isprintable() else ""


def _one_of(text: str, known: Iterable[str]) -> str:
    return text if text in known else ""
