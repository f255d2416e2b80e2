"""Check a code with nothing but trust bundles: no database, no network, no clock of its own.

1. the code itself      `verify.codes.read`, with the keys of all the bundles
2. the bundle           of the code's own issuer: not past its limit, not from the future
3. status               of a paper code, as of the bundle's lists: first the licence's entry,
                        then the copy's own; a live code carries no index

A form that no bundle could mend is refused whatever the bundle's age; whatever else an old bundle
or a wrong clock would decide is undetermined, never accepted. What an offline check leaves open
is named in `unchecked`, and the clerk is told to compare an ID card.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Final

from verify.codes import CLOCK_TOLERANCE, Code, LiveCode, PaperCode, read
from verify.status_list import SUSPENDED, VALID
from verify.trust import IssuerTrust, Trust
from verify.verdict import (
    Field,
    JudgedLicence,
    Reason,
    Refused,
    Verdict,
    offline_sentence,
    sentence,
)

UNCHECKED_LIVE: Final = ("double_use", "freeze", "licence_status", "item")
"""What the check of a live code leaves open when it is offline."""
UNCHECKED_PAPER: Final = ("double_use", "item", "recipient")
"""What the check of a paper code leaves open when it is offline."""

FORM: Final[frozenset[Reason]] = frozenset({"malformed", "wrong_kind"})
"""What no bundle and no clock could mend."""


def check(text: str, trust: Trust, now: float) -> Verdict:
    """Check a code's text at `now` (Unix seconds); raises nothing, whatever the text."""
    # 1. the code itself
    try:
        code = read(text, trust.keys, now)
    except Refused as refused:
        decided = refused.reason in FORM or any(_is_good(b, now) for b in trust.issuers.values())
        return _turned_away(refused.reason if decided else "trust_stale", now)

    # 2. the bundle
    bundle = trust.issuers[code.issuer]
    reason: Reason = "ok" if _is_good(bundle, now) else "trust_stale"
    as_of = bundle.as_of

    # 3. status
    if reason == "ok" and isinstance(code, PaperCode):
        reason, as_of = _status(code, bundle)

    if reason != "ok":
        return _turned_away(reason, now, code, as_of)
    return _accepted(code, trust, as_of, now)


def _is_good(bundle: IssuerTrust, now: float) -> bool:
    """A bundle from the future says that this clock is slow."""
    return bundle.as_of - CLOCK_TOLERANCE <= now < bundle.good_until


def _status(code: PaperCode, bundle: IssuerTrust) -> tuple[Reason, int]:
    """What the lists say of a copy, and since when (Unix seconds) they said it."""
    licence, copy = bundle.entry(code.licence_index), bundle.entry(code.copy_index)
    if licence is None or copy is None:
        return "trust_stale", bundle.as_of
    as_of = min(licence.as_of, copy.as_of)
    if licence.status == SUSPENDED:
        return "licence_suspended", as_of
    if licence.status != VALID:
        return "licence_revoked", as_of
    return "ok" if copy.status == VALID else "copy_revoked", as_of


def _accepted(code: LiveCode | PaperCode, trust: Trust, as_of: int, now: float) -> Verdict:
    paper = isinstance(code, PaperCode)
    foreign = None if code.issuer == trust.home else code.issuer
    return Verdict(
        id=_new_id(),
        outcome="accepted",
        reason="ok",
        message=offline_sentence("paper" if paper else "live", foreign_issuer=foreign),
        checked_at=_instant(now),
        status_as_of=_instant(as_of),
        offline=True,
        unchecked=UNCHECKED_PAPER if paper else UNCHECKED_LIVE,
        licences=_licences(code, trust.issuers[code.issuer]),
        shown_by="paper" if paper else None,
        issuer=code.issuer,
    )


def _licences(code: Code, bundle: IssuerTrust) -> tuple[JudgedLicence, ...]:
    """What the code itself shows: its types by name, and the masked holder."""
    holder = () if code.name is None else (Field("holder", "持证人", "Holder", code.name),)
    return tuple(
        JudgedLicence(
            type=str(number),
            type_name=bundle.types.get(number, str(number)),
            type_name_en=bundle.types.get(number, str(number)),
            identifier=None,
            status=None,
            valid_until=None,
            fields=holder,
        )
        for number in code.types
    )


def _turned_away(
    reason: Reason, now: float, code: Code | None = None, as_of: int | None = None
) -> Verdict:
    return Verdict(
        id=_new_id(),
        outcome="undetermined" if reason == "trust_stale" else "refused",
        reason=reason,
        message=sentence(reason),
        checked_at=_instant(now),
        status_as_of=_instant(now if as_of is None else as_of),
        offline=True,
        shown_by="paper" if isinstance(code, PaperCode) else None,
        issuer=code.issuer if code else None,
    )


def _new_id() -> str:
    return secrets.token_urlsafe(16)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
