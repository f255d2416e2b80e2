"""Check a code with nothing but trust bundles: no database, no network, no clock of its own.

1. the code itself      `verify.codes.read`, with the keys of all the bundles
2. the bundle           of the code's own issuer: not past its limit, not from the future

A form that no bundle could mend is refused whatever the bundle's age; whatever else an old bundle
or a wrong clock would decide is undetermined, never accepted. What an offline check leaves open
is named in `unchecked`, and the clerk is told to compare an ID card.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from verify.codes import CLOCK_TOLERANCE, Code, read
from verify.trust import IssuerTrust, Trust
from verify.verdict import Field, JudgedLicence, Outcome, Reason, Refused, Verdict, sentence

UNCHECKED: Final = ("double_use", "freeze", "licence_status", "item")
"""What a live code's check leaves open when it is offline."""

OFFLINE_SENTENCE: Final = (
    "离线核验：此码真实、未过时，但未查是否用过、是否冻结和证照状态，请核对身份证件。"
)
"""What a desk reads of a code that is accepted offline."""

_FORM: Final[frozenset[Reason]] = frozenset({"malformed", "wrong_kind"})


def check(text: str, trust: Trust, now: float) -> Verdict:
    """Check a code's text at `now` (Unix seconds); raises nothing, whatever the text."""
    # 1. the code itself
    try:
        code = read(text, trust.keys, now)
    except Refused as refused:
        decided = refused.reason in _FORM or _some_good(trust.issuers.values(), now)
        if decided:
            return _verdict("refused", refused.reason, now)
        return _verdict("undetermined", "trust_stale", now)

    # 2. the bundle
    bundle = trust.issuers[code.issuer]
    if not _is_good(bundle, now):
        return _verdict("undetermined", "trust_stale", now)
    return _verdict("accepted", "ok", now, _licences(code, bundle), as_of=bundle.as_of)


def _is_good(bundle: IssuerTrust, now: float) -> bool:
    """A bundle from the future says that this clock is slow."""
    return bundle.as_of - CLOCK_TOLERANCE <= now < bundle.good_until


def _some_good(bundles: Iterable[IssuerTrust], now: float) -> bool:
    return any(_is_good(bundle, now) for bundle in bundles)


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


def _verdict(
    outcome: Outcome,
    reason: Reason,
    now: float,
    licences: tuple[JudgedLicence, ...] = (),
    as_of: int | None = None,
) -> Verdict:
    checked_at = datetime.fromtimestamp(now, UTC)
    accepted = outcome == "accepted"
    return Verdict(
        id=secrets.token_urlsafe(16),
        outcome=outcome,
        reason=reason,
        message=OFFLINE_SENTENCE if accepted else sentence(reason),
        checked_at=checked_at,
        status_as_of=checked_at if as_of is None else datetime.fromtimestamp(as_of, UTC),
        offline=True,
        unchecked=UNCHECKED if accepted else (),
        licences=licences,
    )
