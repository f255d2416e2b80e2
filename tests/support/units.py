"""Units of the demo's tree, staff who work there, and the machine client of a managing unit.

```
REGION  自治区政务服务局
└ CITY  鄂尔多斯市行政审批和政务服务局: manager-sun
  ├ DISTRICT  东胜区…局 ─ HALL, ISSUING_UNIT, …
  └ BESIDE    康巴什区…局 ─ HALL_BESIDE, …
```
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final

from flask import Flask
from sqlalchemy import insert, select
from stdnum.cn import uscc

from tests.support.people import Machine, Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import events
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.organisations.model import Client, Staff, Unit
from wallet.organisations.oauth import hash_secret
from wallet.organisations.sign_in import STAFF_NAME
from wallet.organisations.units.responsible import file_staff

REGION: Final = "11150000MADEM0011M"
CITY: Final = "11150600MADEM010X0"
DISTRICT: Final = "11150602MADEM0206B"
BESIDE: Final = "11150603MADEM03023"
HALL: Final = "12150602MADEM02143"
HALL_BESIDE: Final = "12150603MADEM0310T"
BANK: Final = "91150600MADEM0409T"
NAME: Final = "测试人员"
PHONE: Final = "0477-8500099"


def unit_id(deps: Deps, code: str) -> int:
    """The id of a unit of the demo."""
    row = deps.db.row(select(Unit.id).where(Unit.code == code))
    assert row is not None
    found: int = row.id
    return found


def told(app: Flask, name: str) -> list[dict[str, Any]]:
    """The fields of every audit event of that name, oldest first."""
    return [fields for one, fields in events(deps_of(app), name) if one == name]


def add_member(app: Flask, login: str, unit: str, roles: Sequence[str]) -> int:
    """Somebody who works at a unit, put there by nobody's leave; gives the id."""
    deps = deps_of(app)
    with deps.db.begin() as tx:
        added: int = tx.execute(
            insert(Staff).returning(Staff.id),
            {
                "login": login,
                "unit_id": unit_id(deps, unit),
                "name_sealed": deps.vault.seal(f"{NAME}{login}", STAFF_NAME),
                "roles": list(roles),
                "terminal": "",
            },
        ).scalar_one()
    return added


def manager_at(app: Flask, unit: str, login: str = "") -> Visitor:
    """A manager of a unit, signed in."""
    login = login or f"manager-{unit}"
    add_member(app, login, unit, ["manager"])
    return sign_in(app, login)


def responsible_at(app: Flask, unit: str, login: str, roles: Sequence[str]) -> Visitor:
    """The responsible person of a unit that has none yet, signed in."""
    member = add_member(app, login, unit, roles)
    deps = deps_of(app)
    with deps.db.begin() as tx:
        row = tx.execute(select(Unit).where(Unit.code == unit)).one()
        file_staff(tx, deps, row, member, PHONE, "test", read_clock())
    return sign_in(app, login)


def managing_client(app: Flask, unit: str) -> Machine:
    """A program of a managing unit, with its token."""
    deps, client_id, secret = deps_of(app), f"managing-{unit}", "s" * 43
    with deps.db.begin() as tx:
        tx.execute(
            insert(Client),
            {
                "client_id": client_id,
                "unit_id": unit_id(deps, unit),
                "name": client_id,
                "roles": ["managing"],
                "secret_hash": hash_secret(secret),
            },
        )
    basic = b64encode(f"{client_id}:{secret}".encode()).decode()
    answer = app.test_client(use_cookies=False).post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200, answer.text
    return Machine(app, answer.get_json()["access_token"])


def usable_code(category: str, area: str, body: str) -> str:
    """A unified social credit code with its check digit."""
    front = f"1{category}{area}{body}"
    return front + uscc.calc_check_digit(front)


def new_unit(**other: Any) -> dict[str, Any]:
    """A county unit of 东胜区 as `POST /units` takes it."""
    return {
        "code": usable_code("1", "150602", "MADEM9001"),
        "name": "东胜区测试局（演示）",
        "level": "county",
        "kinds": ["relying"],
        "area_code": "150602",
        "parent": DISTRICT,
    } | other


def new_person(**other: Any) -> dict[str, Any]:
    """A clerk of the hall as `POST /staff` takes it."""
    return {"login": "desk-new", "name": "新来的", "unit": HALL, "roles": ["desk"]} | other
