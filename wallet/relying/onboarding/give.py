"""Give what was approved: one grant for each licence type (一证一接口)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from wallet.base import audit
from wallet.base.clock import local_day, read_day
from wallet.base.database import AnyRow, insert_if_new
from wallet.catalogue.model import LicenceType
from wallet.relying.model import Grant
from wallet.relying.onboarding.content import first_day, hour_of
from wallet.web.principal import Principal


def give_grants(tx: Connection, application: AnyRow, manager: Principal, now: datetime) -> None:
    """Grant what an application asks for, in place of what its party had for these types of the item.

    Types that it does not name stay as they are, and a suspension is not lifted by it.
    """
    content, today = application.content, local_day(now)
    asked = {one["type"]: one["fields"] for one in content["types"]}
    types = tx.execute(
        select(LicenceType.id, LicenceType.code).where(LicenceType.code.in_(asked))
    ).all()
    for kind in types:
        which = {
            "unit_id": application.unit_id,
            "item_id": application.item_id,
            "type_id": kind.id,
        }
        values = {
            "fields": asked[kind.code],
            "starts_on": first_day(content, today),
            "ends_on": read_day(content["ends_on"]),
            "networks": content["networks"],
            "opens": hour_of(content["opens"]),
            "closes": hour_of(content["closes"]),
            "quota_per_day": content["quota_per_day"],
        }
        if not insert_if_new(tx, Grant, **which, **values):
            tx.execute(update(Grant).filter_by(**which).values(**values))
        grant_id = tx.execute(select(Grant.id).filter_by(**which)).scalar_one()
        audit.record(
            tx,
            "grant.given",
            now,
            grant=grant_id,
            unit=application.unit_id,
            actor=manager.account,
            application=application.id,
            fields=asked[kind.code],
            starts_on=values["starts_on"].isoformat(),
            ends_on=content["ends_on"],
        )
