"""The demo's applications to use licences, as the responsible persons of their units hand them in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.base.typesetting import typeset
from wallet.errors import Conflict
from wallet.organisations.model import Staff, Unit
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.relying.onboarding.apply import submit_application, write_application
from wallet.relying.onboarding.model import Application, ApplicationProof
from wallet.relying.onboarding.proofs import add_proof
from wallet.web.principal import Principal

_APPLICATIONS: Final[tuple[dict[str, Any], ...]] = (
    {
        "login": "desk-bank",
        "item": "bank-senior-service",
        "types": [{"type": "senior-card", "fields": ["photo", "name", "number"]}],
        "reason": "为行动不便的老年客户上门登记服务，申请续期并增加每日次数（演示）。",
        "quota_per_day": 200,
    },
    {
        "login": "desk-qian",
        "item": "senior-bus-card",
        "types": [{"type": "senior-card", "fields": ["name", "number"]}],
        "reason": "老年人公交卡跨区通办，在东胜区大厅也能办理（演示）。",
        "quota_per_day": None,
    },
)


def add_applications(deps: Deps, now: datetime) -> None:
    """Hand them in, those that are not there yet."""
    for row in _APPLICATIONS:
        who = _principal(deps, row["login"])
        content = {
            "types": row["types"],
            "reason": row["reason"],
            "ends_on": (local_day(now) + timedelta(days=364)).isoformat(),
            "quota_per_day": row["quota_per_day"],
            "no_secrets": True,
        }
        made: str | None
        try:
            made = write_application(deps, who, row["item"], content, now)
        except Conflict as refused:
            if refused.slug != "application_exists":
                raise
            made = _begun(deps, who)
        if made is None:
            continue  # handed in before the seeding broke off
        title = "登记证明（演示）"
        lines = ["本文件为演示数据，不是真实的证明材料。", f"单位：{who.unit_name}"]
        if not _has_proof(deps, made):
            file = typeset("demo_proof.typ", {"title": title, "lines": lines}, now)
            add_proof(deps, who, made, f"{title}.pdf", file, now)
        submit_application(deps, who, made, now)


def _principal(deps: Deps, login: str) -> Principal:
    row = deps.db.row(
        select(Staff.id, Staff.unit_id, Unit.name)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(Staff.login == login)
    )
    assert row is not None
    return Principal(
        "staff",
        row.id,
        0,
        "",
        roles=frozenset({RESPONSIBLE}),
        unit_id=row.unit_id,
        unit_name=row.name,
    )


def _begun(deps: Deps, who: Principal) -> str | None:
    row = deps.db.row(
        select(Application.id).where(
            Application.unit_id == who.unit_id, Application.state == "draft"
        )
    )
    return None if row is None else str(row.id)


def _has_proof(deps: Deps, application_id: str) -> bool:
    there = select(ApplicationProof.id).where(
        ApplicationProof.application_id == int(application_id)
    )
    return deps.db.row(there) is not None
