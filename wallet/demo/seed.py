"""Puts the demo into an empty database. A second run changes nothing.

Everything is found by its natural key, so a run that was broken off goes on where it stopped;
the machine clients come last, in the transaction that finishes the work.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from wallet.base.clock import local_day
from wallet.base.database import Base, insert_if_new
from wallet.base.deps import Deps
from wallet.catalogue.entry import content_of
from wallet.catalogue.model import (
    LicenceType,
    LicenceTypeVersion,
    TypeIssuer,
)
from wallet.demo.applications import add_applications
from wallet.demo.data import load, load_units
from wallet.demo.delegations import add_delegations
from wallet.demo.files import write_private
from wallet.demo.items import add_items
from wallet.demo.rows import DemoData, FaceField, StatusCode
from wallet.demo.rows import Licence as LicenceRow
from wallet.demo.seals import add_seals
from wallet.holders.find import find_or_add_holder
from wallet.holders.model import Account, Representative
from wallet.holders.representatives.enter import (
    Named,
    NewRepresentative,
    enter_representative,
)
from wallet.licences.check import NewHolder, NewLicence
from wallet.licences.delivery.model import Channel
from wallet.licences.model import IDENTIFIER, NUMBER, Licence
from wallet.licences.receive import receive
from wallet.licences.status.change import NewStatus, change_status
from wallet.organisations.model import BasisDocument, Client, Staff, Unit
from wallet.organisations.oauth import hash_secret
from wallet.organisations.sign_in import STAFF_NAME
from wallet.organisations.units.responsible import file_staff
from wallet.relying.model import ClientGrant, Grant
from wallet.web.principal import Principal
from wallet.worker import work_once

CLIENTS_FILE: Final = "demo-clients.json"
SEEDER: Final = "demo-seed-"
"""Prefix of the disabled clients, one a unit, in whose name the licences came in."""


def seed(deps: Deps, now: datetime) -> None:
    """Fill the database of `deps` with the demo as of `now`, and write `DATA/demo-clients.json`."""
    add_seals(deps, [unit for unit in load_units() if "issuing" in unit.kinds], now)
    if _is_seeded(deps):
        return
    demo = load(local_day(now))
    with deps.db.begin() as tx:
        units = _add_units(tx, demo)
        _add_basis_documents(tx, demo, units)
        types = _add_types(tx, demo, units, now)
        add_items(tx, demo, units, types, now)
        _add_staff(tx, deps, demo, units, now)
        accounts = _add_accounts(tx, deps, demo, now)
        seeders = _add_seeders(tx, demo, units, now)
        for channel in demo.channels:
            insert_if_new(tx, Channel, **asdict(channel), holder_code=False)
    for licence in demo.licences:
        if not licence.awaits_review and not _licence_id(deps, licence, units, types):
            _receive(deps, seeders[licence.issuing_unit], licence, now)
    licences = {row.key: _licence_id(deps, row, units, types) for row in demo.licences}
    _set_statuses(deps, demo, seeders, licences, now)
    while work_once(deps, now).anything:
        pass
    with deps.db.begin() as tx:
        _begin_reviews(tx, demo)
    for licence in demo.licences:
        if licence.awaits_review and not _licence_id(deps, licence, units, types):
            _receive(deps, seeders[licence.issuing_unit], licence, now)
    add_delegations(deps, demo, accounts, licences, now)
    add_applications(deps, now)
    while work_once(deps, now).anything:
        pass
    with deps.db.begin() as tx:
        # The secrets are nowhere but in this file, so it is written before they count.
        _hand_out_clients(tx, deps, demo, units)


def _is_seeded(deps: Deps) -> bool:
    with deps.db.read() as tx:
        client = tx.execute(select(Client.id).where(Client.client_id == "demo-issuer")).first()
    return client is not None


def _id_of(tx: Connection, table: Any, key: Any, **values: Any) -> int:
    """The id of the row with this unique key; the row is added when it is new."""
    insert_if_new(tx, table, **values)
    found: int = tx.execute(select(table.id).where(key == values[key.key])).scalar_one()
    return found


def _add_units(tx: Connection, demo: DemoData) -> dict[str, int]:
    units: dict[str, int] = {}
    for row in demo.units:
        parent = units[row.parent] if row.parent else None
        values = asdict(row) | {"parent_id": parent}
        del values["parent"]
        units[row.code] = _id_of(tx, Unit, Unit.code, **values)
    return units


def _add_basis_documents(tx: Connection, demo: DemoData, units: dict[str, int]) -> None:
    for row in demo.basis_documents:
        insert_if_new(
            tx,
            BasisDocument,
            **_columns(BasisDocument, row),
            unit_id=units[row.unit],
            replaced_by=None,
        )


def _add_types(
    tx: Connection, demo: DemoData, units: dict[str, int], now: datetime
) -> dict[str, int]:
    types: dict[str, int] = {}
    for row in demo.licence_types:
        values = _columns(LicenceType, row) | {
            "unit_id": units[row.issuing_units[0]],
            "status_codes": _published(row.status_codes),
            "fields": _published(row.fields),
            # What the demo starts with was there before the reviews.
            "review": False,
        }
        types[row.code] = _id_of(tx, LicenceType, LicenceType.code, **values)
        for unit in row.issuing_units:
            insert_if_new(tx, TypeIssuer, type_id=types[row.code], unit_id=units[unit])
        published = tx.execute(select(LicenceType).where(LicenceType.code == row.code)).one()
        insert_if_new(
            tx,
            LicenceTypeVersion,
            code=row.code,
            version=row.version,
            unit_id=published.unit_id,
            state="published",
            content=content_of(tx, published) | {"review": row.review},
            authors=[],
            changed_at=now,
            published_at=now,
            replaced_at=None,
        )
    return types


def _published(rows: Sequence[FaceField] | Sequence[StatusCode]) -> list[dict[str, Any]]:
    """As the catalogue publishes them: without the members that say nothing."""
    return [
        {key: value for key, value in asdict(row).items() if value is not None and value != []}
        for row in rows
    ]


def _add_staff(
    tx: Connection, deps: Deps, demo: DemoData, units: dict[str, int], now: datetime
) -> None:
    for login, row in demo.staff.items():
        new = insert_if_new(
            tx,
            Staff,
            login=login,
            unit_id=units[row.unit],
            name_sealed=deps.vault.seal(row.name, STAFF_NAME),
            roles=row.roles,
            terminal=row.terminal or "",
        )
        if new and row.responsible:
            unit = tx.execute(select(Unit).where(Unit.code == row.unit)).one()
            member = tx.execute(select(Staff.id).where(Staff.login == login)).scalar_one()
            file_staff(tx, deps, unit, member, row.responsible, "demo", now)


def _add_accounts(tx: Connection, deps: Deps, demo: DemoData, now: datetime) -> dict[str, int]:
    accounts: dict[str, int] = {}
    for login, row in demo.holders.items():
        person = find_or_add_holder(
            tx, deps.vault, kind="person", code_type=row.code_type, code=row.code, name=row.name
        )
        accounts[login] = _id_of(tx, Account, Account.login, login=login, holder_id=person)
        if row.organisation:
            organisation = find_or_add_holder(
                tx,
                deps.vault,
                kind="organisation",
                code_type=row.organisation.code_type,
                code=row.organisation.code,
                name=row.organisation.name,
            )
            insert_if_new(
                tx,
                Representative,
                account_id=accounts[login],
                holder_id=organisation,
                starts_on=local_day(now) - timedelta(days=365),
                ends_on=None,
            )
        if row.child:
            guardian = Named(row.code_type, row.code, row.name)
            child = Named(row.child.code_type, row.child.code, row.child.name)
            new = NewRepresentative(guardian, child, row.child.basis, row.child.reference, None)
            enter_representative(tx, deps, new, now)
    return accounts


def _add_seeders(
    tx: Connection, demo: DemoData, units: dict[str, int], now: datetime
) -> dict[str, Principal]:
    """A client for each unit that issued a licence, disabled and without a secret."""
    seeders: dict[str, Principal] = {}
    for code in dict.fromkeys(row.issuing_unit for row in demo.licences):
        values = {
            "client_id": f"{SEEDER}{code}",
            "unit_id": units[code],
            "name": "演示数据导入（演示）",
            "roles": ["issuing"],
            "disabled_at": now,
        }
        client = _id_of(tx, Client, Client.client_id, **values)
        seeders[code] = Principal("client", client, 0, "", unit_id=units[code])
    return seeders


def _licence_id(
    deps: Deps, row: LicenceRow, units: dict[str, int], types: dict[str, int]
) -> int | None:
    with deps.db.read() as tx:
        found: int | None = tx.execute(
            select(Licence.id).where(
                Licence.type_id == types[row.type],
                Licence.unit_id == units[row.issuing_unit],
                Licence.number_index == deps.vault.index(row.number, NUMBER),
                Licence.version == row.version,
            )
        ).scalar_one_or_none()
    return found


def _receive(deps: Deps, client: Principal, row: LicenceRow, now: datetime) -> None:
    new = NewLicence(
        type=row.type,
        number=row.number,
        version=row.version,
        identifier=None,
        holders=[NewHolder(**asdict(party)) for party in row.holders],
        issued_on=row.issued_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        area_code=row.area_code,
        fields=dict(row.fields),
    )
    digest = hashlib.sha256(row.key.encode()).digest()
    receive(deps, client, row.key, digest, new, now, stock=True)


def _set_statuses(
    deps: Deps,
    demo: DemoData,
    seeders: dict[str, Principal],
    licences: dict[str, int | None],
    now: datetime,
) -> None:
    """Suspend and end what its row gives a reason for; that one has expired follows from its days."""
    means = {
        (kind.code, status.code): status.means
        for kind in demo.licence_types
        for status in kind.status_codes
    }
    for row in demo.licences:
        if row.status_reason is None or row.status_basis is None:
            continue
        new = NewStatus(
            means[row.type, row.status_code], row.status_code, row.status_reason, row.status_basis
        )
        with deps.db.read() as tx:
            sealed = select(Licence.identifier_sealed).where(Licence.id == licences[row.key])
            identifier = deps.vault.open(tx.execute(sealed).scalar_one(), IDENTIFIER)
        change_status(deps, seeders[row.issuing_unit], identifier, new, now)


def _begin_reviews(tx: Connection, demo: DemoData) -> None:
    reviewed = [row.code for row in demo.licence_types if row.review]
    tx.execute(update(LicenceType).where(LicenceType.code.in_(reviewed)).values(review=True))


def _hand_out_clients(tx: Connection, deps: Deps, demo: DemoData, units: dict[str, int]) -> None:
    """Make the machine clients; the library keeps a digest of each secret, the file the secret."""
    handed_out: dict[str, Any] = {}
    for name, row in demo.clients.items():
        secret = secrets.token_urlsafe(32)
        tx.execute(
            insert(Client),
            {
                "client_id": f"demo-{name}",
                "unit_id": units[row.unit],
                "name": row.name,
                "roles": row.kinds,
                "secret_hash": hash_secret(secret),
            },
        )
        if not {"relying", "platform"}.isdisjoint(row.kinds):
            _bind_grants(tx, f"demo-{name}")
        handed_out[name] = {"client_id": f"demo-{name}", "client_secret": secret}
    handed_out["people"] = {
        login: {
            "code_type": (row.organisation or row).code_type,
            "code": (row.organisation or row).code,
            "name": (row.organisation or row).name,
        }
        for login, row in demo.holders.items()
    }
    write_private(deps.config.data / CLIENTS_FILE, handed_out)


def _bind_grants(tx: Connection, client_id: str) -> None:
    """Every grant of its unit is the client's."""
    pairs = (
        select(Client.id, Grant.id)
        .join(Grant, Grant.unit_id == Client.unit_id)
        .where(Client.client_id == client_id)
    )
    tx.execute(insert(ClientGrant).from_select(["client_id", "grant_id"], pairs))


def _columns(table: type[Base], row: Any) -> dict[str, Any]:
    """Those members of a row that are columns of the table under the same name."""
    return {key: value for key, value in asdict(row).items() if key in table.__table__.columns}
