"""What became of a licence that a unit sent in: told to that unit, and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.licences.model import IDENTIFIER, NUMBER, Licence, LicenceReview
from wallet.licences.review import opened_reason
from wallet.licences.status.standing import status_on
from wallet.web.principal import Principal


@dataclass(frozen=True)
class ReviewState:
    """`state` is waiting, passed or returned; the others are None while it waits."""

    state: str
    reason: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class ReceivedLicence:
    """A licence as its issuing unit is told of it.

    `status` is pending before it is issued, returned when its review sent it back, else how it
    stands today. `superseded_at` is when a newer version was issued.
    """

    identifier: str
    type: str
    number: str
    version: int
    status: str
    code: str
    valid_from: date
    valid_until: date | None
    received_at: datetime
    issued_at: datetime | None
    delivered_at: datetime | None
    superseded_at: datetime | None
    review: ReviewState | None


def received_licence(
    deps: Deps, principal: Principal, identifier: str, now: datetime
) -> ReceivedLicence:
    """The licence with that identifier; NotFound for any that another unit sent in."""
    with deps.db.read() as tx:
        row = tx.execute(
            select(
                Licence,
                LicenceType.code.label("type_code"),
                LicenceReview.decided_at,
                LicenceReview.reason_sealed,
            )
            .join(LicenceType, LicenceType.id == Licence.type_id)
            .outerjoin(LicenceReview, LicenceReview.licence_id == Licence.id)
            .where(
                Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER),
                Licence.unit_id == principal.unit_id,
            )
        ).one_or_none()
    if row is None:
        raise NotFound("本单位没有报送过这一标识的证照。")
    review = None
    if row.review_state is not None:
        reason = opened_reason(deps.vault, row.reason_sealed)
        review = ReviewState(row.review_state, reason, row.decided_at)
    return ReceivedLicence(
        identifier=identifier,
        type=row.type_code,
        number=deps.vault.open(row.number_sealed, NUMBER),
        version=row.version,
        status=_status(row, local_day(now)),
        code=row.status_code,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        received_at=row.received_at,
        issued_at=row.issued_at,
        delivered_at=row.delivered_at,
        superseded_at=row.superseded_at,
        review=review,
    )


def _status(row: AnyRow, today: date) -> str:
    if row.issued_at is None:
        return "returned" if row.review_state == "returned" else "pending"
    return status_on(row.status, row.valid_from, row.valid_until, today)
