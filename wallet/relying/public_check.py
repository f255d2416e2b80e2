"""What anyone may learn of a code: whether it is genuine. It consumes nothing.

Used, withdrawn and unknown codes answer alike. More than that is told only of licence types
whose public attribute allows it (O-4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from verify.codes import LiveCode, PaperCode, read
from verify.verdict import Refused, sentence
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.counter.model import Copy
from wallet.licences.model import Licence
from wallet.licences.status.published import is_told_valid, published_against
from wallet.licences.status.standing import status_on
from wallet.showing.handle import open_handle

PUBLIC: Final = "public"
_LIVE_NOTICE: Final = "这是真实的亮证码。是否有效、能否办事，请以窗口核验的结果为准。"
_PAPER_NOTICE: Final = "这是真实的纸质件码。是否有效、能否办事，请以窗口核验的结果为准。"


@dataclass(frozen=True)
class PublicLicence:
    """A licence of a public type, as anyone may see it."""

    type: str
    holder: str | None
    status: str
    valid_until: date | None


@dataclass(frozen=True)
class PublicCheck:
    """The public answer; `kind` is live or paper, None where the code is not genuine."""

    genuine: bool
    kind: str | None
    notice: str
    licences: tuple[PublicLicence, ...] = ()


def check_publicly(deps: Deps, text: str, now: datetime) -> PublicCheck:
    """Check a code for anyone."""
    try:
        code = read(text, deps.keys.public, now.timestamp())
    except Refused as refused:
        return PublicCheck(False, None, sentence(refused.reason))
    if isinstance(code, PaperCode):
        return PublicCheck(
            genuine=True,
            kind="paper",
            notice=_PAPER_NOTICE,
            licences=_on_paper(deps, code, local_day(now)),
        )
    return PublicCheck(
        genuine=True,
        kind="live",
        notice=_LIVE_NOTICE,
        licences=_public_licences(deps, code, local_day(now)),
    )


def _on_paper(deps: Deps, code: PaperCode, today: date) -> tuple[PublicLicence, ...]:
    """What a copy shows to anyone, and how it stands: revoked where copy or licence is, nothing where it is unknown."""
    row = deps.db.row(
        select(
            Licence.id,
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            Licence.superseded_at,
            LicenceType.name,
            Copy.revoked_at,
            Copy.ends_on,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Copy, Copy.licence_id == Licence.id)
        .where(Copy.serial == code.jti, Copy.text_sealed.is_not(None))
    )
    if row is None:
        return ()
    against = published_against(deps, deps.epoch.marks(), [row.id])
    status = status_on(row.status, row.valid_from, row.valid_until, today, against.get(row.id))
    told = is_told_valid(deps, code.copy_index)
    ended = row.revoked_at is not None or row.superseded_at is not None or not told
    return (PublicLicence(row.name, code.name, "revoked" if ended else status, row.ends_on),)


def _public_licences(deps: Deps, code: LiveCode, today: date) -> tuple[PublicLicence, ...]:
    opened = open_handle(deps.keys, code)
    if opened is None:
        return ()
    statement = (
        select(
            Licence.id,
            Licence.status,
            Licence.valid_from,
            Licence.valid_until,
            LicenceType.name,
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(Licence.id.in_(opened[1]), LicenceType.public_attribute == PUBLIC)
        .order_by(Licence.id)
    )
    against = published_against(deps, deps.epoch.marks(), opened[1])
    with deps.db.read() as tx:
        return tuple(
            PublicLicence(
                row.name,
                code.name,
                status_on(row.status, row.valid_from, row.valid_until, today, against.get(row.id)),
                row.valid_until,
            )
            for row in tx.execute(statement)
        )
