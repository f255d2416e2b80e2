"""Judge a code of another region by that library's bundle, and say that it was done so (O-18, M-17).

1. the library      registered, and its bundle fresh           else not ours to judge; `trust_stale`
2. the code itself  `verify.check` with that bundle alone
3. item and types   those for which its codes are taken here   `wrong_item`, the code not consumed
4. use              claimed here, under the library's name     `already_used`

Nothing is asked of that region, so what only it knows is `unchecked`. Only what the code carries is given, as far as
the region lets it be seen. An item that asks the holder takes none: nobody could ask them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, bindparam, select

from verify.check import check
from verify.codes import LiveCode, PaperCode, read
from verify.jws import parse
from verify.trust import Trust
from verify.verdict import (
    CodeKind,
    JudgedLicence,
    Outcome,
    Reason,
    Refused,
    Verdict,
    WantedFields,
    federated_sentence,
)
from wallet import numbers
from wallet.base.database import AnyRow, AnySelect, insert_if_new
from wallet.base.deps import Deps
from wallet.relying.desks import Desk
from wallet.relying.federation.bundles import bundle_of, is_fresh
from wallet.relying.federation.model import ForeignItem, ForeignLibrary
from wallet.relying.grants import ItemGrant
from wallet.relying.record import Shown, new_verification_id, record_judged, record_verification
from wallet.relying.sentences import message_of
from wallet.relying.state import read_claim
from wallet.showing.model import Claim, Verification
from wallet.showing.remembered import notice_restore
from wallet.web.limits import count_code

NOT_OURS: Final[frozenset[Reason]] = frozenset({"unknown_key", "unknown_issuer"})
"""Why this library's own keys do not vouch for a code that may be another's."""
HOLDER: Final = "holder"
"""The one field that a code carries: the masked name."""
UNCHECKED: Final = ("double_use", "freeze", "licence_status")
"""What a live code leaves open: whether it was used elsewhere is known there alone."""

_LIBRARY: Final[AnySelect] = (
    select(ForeignLibrary, ForeignItem.types, ForeignItem.holder)
    .outerjoin(
        ForeignItem,
        and_(
            ForeignItem.library_id == ForeignLibrary.id,
            ForeignItem.item_id == bindparam("item"),
        ),
    )
    .where(ForeignLibrary.issuer == bindparam("issuer"))
)


@dataclass(frozen=True)
class _Case:
    deps: Deps
    desk: Desk
    grant: ItemGrant
    library: AnyRow
    now: datetime


def judge_foreign(
    deps: Deps, desk: Desk, grant: ItemGrant, text: str, now: datetime, wanted: WantedFields | None
) -> Verdict | None:
    """The verdict, recorded, on a code that our own keys do not vouch for; None where no library is registered for it.

    Raises TooMany when this code comes again and again.
    """
    # 1. the library
    issuer = _issuer_of(text)
    if grant.asks or issuer is None:
        return None
    library = deps.db.row(_LIBRARY, issuer=issuer, item=grant.item_id)
    if library is None:
        return None
    case = _Case(deps, desk, grant, library, now)
    bundle = bundle_of(deps.config.federation_dir, issuer)
    if bundle is None or not is_fresh(bundle, library.max_age, now):
        return _refuse(case, Shown(region=issuer), "trust_stale")

    # 2. the code itself
    trust = Trust({issuer: bundle}, deps.config.issuer)
    found = check(text, trust, now.timestamp())
    if found.outcome != "accepted":
        on_paper = found.shown_by == "paper"
        return _refuse(case, Shown(on_paper=on_paper, region=found.issuer), found.reason)
    code = read(text, trust.keys, now.timestamp())
    shown = Shown(f"{issuer}:{code.jti}", on_paper=isinstance(code, PaperCode), region=issuer)
    count_code(deps, str(shown.jti))

    # 3. item and types
    if not set(code.types) <= set(library.types or ()):
        return _refuse(case, shown, "wrong_item")

    # 4. use
    holder = library.holder and (wanted is None or _wants_holder(wanted))
    licences = tuple(_as_foreign(issuer, one, holder=holder) for one in found.licences)
    notice_restore(deps, now)
    with deps.db.begin() as tx:
        return _use(tx, case, code, shown, licences)


def federated(verdict: Verdict, library: AnyRow | None, issuer: str, *, paper: bool) -> Verdict:
    """A verdict on another region's code, tagged; of an accepted one with its sentence and what was left open.

    `library` has the names of the region, None where it is registered no more.
    """
    name = library.name if library else issuer
    tagged = replace(
        verdict,
        federated=True,
        issuer=issuer,
        region=name,
        region_en=library.name_en if library else issuer,
    )
    if verdict.outcome != "accepted":
        return tagged
    kind: CodeKind = "paper" if paper else "live"
    unchecked = ("double_use", "item", "recipient") if paper else UNCHECKED
    return replace(tagged, message=federated_sentence(kind, name), unchecked=unchecked)


def library_of(tx: Connection, issuer: str) -> AnyRow | None:
    """The row of a registered library."""
    return tx.execute(select(ForeignLibrary).where(ForeignLibrary.issuer == issuer)).one_or_none()


def _issuer_of(text: str) -> str | None:
    """Whose code a text says it is, unproved; its form has been found good."""
    _, mark, fragment = text.partition("#")
    try:
        issuer = parse(fragment if mark else text).claims.get("iss")
    except Refused:
        return None
    return issuer if isinstance(issuer, str) else None


def _wants_holder(wanted: WantedFields) -> bool:
    """A mapping is by this library's types, so of another's it asks for nothing."""
    return not isinstance(wanted, Mapping) and HOLDER in wanted


def _as_foreign(issuer: str, licence: JudgedLicence, *, holder: bool) -> JudgedLicence:
    return replace(
        licence,
        type=f"{issuer}:{licence.type}",
        fields=tuple(one for one in licence.fields if holder and one.key == HOLDER),
    )


def _use(
    tx: Connection,
    case: _Case,
    code: LiveCode | PaperCode,
    shown: Shown,
    licences: tuple[JudgedLicence, ...],
) -> Verdict:
    if isinstance(code, LiveCode):
        if case.deps.epoch.marks().doubts_code(code.issued_at, case.now):
            return _record(tx, case, shown, "trust_stale")
        verification_id = new_verification_id()
        jti = str(shown.jti)
        if not insert_if_new(
            tx, Claim, jti=jti, state="used", at=case.now, verification_id=verification_id
        ):
            return _again(tx, case, shown, licences)
        return _record(tx, case, shown, "ok", licences, verification_id)
    return _record(tx, case, shown, "ok", licences)


def _again(
    tx: Connection, case: _Case, shown: Shown, licences: tuple[JudgedLicence, ...]
) -> Verdict:
    """A code that was used here: the same desk has its first answer again for some seconds, as of our own."""
    claim = read_claim(tx, str(shown.jti))
    first = tx.execute(
        select(Verification.id).where(
            Verification.id == claim.verification_id,
            Verification.desk == case.desk.key,
            Verification.item_id == case.grant.item_id,
        )
    ).scalar_one_or_none()
    if first is None or abs(case.now - claim.at) > timedelta(seconds=numbers.SAME_DESK_REPEAT):
        return _record(tx, case, shown, "already_used", used_at=claim.at)
    record_judged(
        tx, case.desk, case.grant, shown, first, "accepted", "ok", case.now, repeated=True
    )
    verdict = _verdict(case, shown, first, "accepted", "ok", message_of("ok"), licences)
    return replace(verdict, checked_at=claim.at, repeated=True)


def _refuse(case: _Case, shown: Shown, reason: Reason) -> Verdict:
    with case.deps.db.begin() as tx:
        return _record(tx, case, shown, reason)


def _record(
    tx: Connection,
    case: _Case,
    shown: Shown,
    reason: Reason,
    licences: tuple[JudgedLicence, ...] = (),
    verification_id: str | None = None,
    *,
    used_at: datetime | None = None,
) -> Verdict:
    verification_id = verification_id or new_verification_id()
    outcome: Outcome = "refused"
    if reason in ("ok", "trust_stale"):
        outcome = "accepted" if reason == "ok" else "undetermined"
    record_verification(
        tx, case.desk, case.grant, shown, verification_id, outcome, reason, {}, case.now
    )
    return _verdict(
        case, shown, verification_id, outcome, reason, message_of(reason, used_at), licences
    )


def _verdict(
    case: _Case,
    shown: Shown,
    verification_id: str,
    outcome: Outcome,
    reason: Reason,
    message: str,
    licences: tuple[JudgedLicence, ...],
) -> Verdict:
    bundle = bundle_of(case.deps.config.federation_dir, case.library.issuer)
    as_of = case.now if bundle is None else datetime.fromtimestamp(bundle.as_of, UTC)
    verdict = Verdict(
        id=verification_id,
        outcome=outcome,
        reason=reason,
        message=message,
        checked_at=case.now,
        status_as_of=as_of,
        licences=licences,
        shown_by=shown.by,
    )
    if shown.region is None:
        return verdict  # nothing vouches that it is that region's
    return federated(verdict, case.library, shown.region, paper=shown.on_paper)
