"""The demo is seeded through the real path, and a second run changes nothing."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select

from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps, build_deps
from wallet.config import Config
from wallet.demo import seed as seed_module
from wallet.demo.data import load
from wallet.demo.seed import CLIENTS_FILE, SEEDER, seed
from wallet.holders.model import Account
from wallet.licences.model import Licence, LicenceHolder, StatusEntry
from wallet.licences.status.standing import status_on
from wallet.migrations import migrate
from wallet.migrations.metadata import METADATA
from wallet.organisations.model import Client


def contents(deps: Deps) -> dict[str, list[Any]]:
    with deps.db.read() as tx:
        return {
            name: sorted(map(repr, tx.execute(select(table)).all()))
            for name, table in METADATA.tables.items()
        }


def test_a_second_run_changes_nothing(deps: Deps) -> None:
    before = contents(deps)
    secrets = (deps.config.data / CLIENTS_FILE).read_bytes()
    seed(deps, read_clock() + timedelta(days=3))
    assert contents(deps) == before
    assert (deps.config.data / CLIENTS_FILE).read_bytes() == secrets


def test_every_licence_of_the_data_is_issued_and_delivered(deps: Deps) -> None:
    demo = load(local_day(read_clock()))
    with deps.db.read() as tx:
        rows = tx.execute(select(Licence.issued_at, Licence.delivered_at)).all()
        indices = tx.execute(select(func.count()).select_from(StatusEntry)).scalar_one()
    assert len(rows) == len(demo.licences) == indices
    waiting = [licence for licence in demo.licences if licence.awaits_review]
    issued = [row for row in rows if row.issued_at and row.delivered_at]
    assert (len(issued), len(waiting)) == (len(rows) - 2, 2)


def test_holder_li_has_a_suspended_and_an_expired_licence_among_at_least_four(deps: Deps) -> None:
    today = local_day(read_clock())
    with deps.db.read() as tx:
        rows = tx.execute(
            select(Licence.status, Licence.valid_from, Licence.valid_until)
            .join(LicenceHolder, LicenceHolder.licence_id == Licence.id)
            .join(Account, Account.holder_id == LicenceHolder.holder_id)
            .where(Account.login == "holder-li")
        ).all()
    statuses = [status_on(row.status, row.valid_from, row.valid_until, today) for row in rows]
    assert len(statuses) >= 4
    assert {"valid", "suspended", "expired"} <= set(statuses)


def test_only_the_file_knows_the_secrets_and_only_its_owner_may_read_it(deps: Deps) -> None:
    path = deps.config.data / CLIENTS_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    entries = json.loads(path.read_text("utf-8"))
    assert entries.keys() == {"issuer", "relying", "platform", "people"}
    with deps.db.read() as tx:
        kept = {
            row.client_id: row.secret_hash
            for row in tx.execute(select(Client.client_id, Client.secret_hash))
        }
    for name in ("issuer", "relying", "platform"):
        entry = entries[name]
        assert kept[entry["client_id"]] == sha256(entry["client_secret"].encode()).digest()


def test_people_of_the_file_name_the_holder_that_licences_are_issued_to(deps: Deps) -> None:
    people = json.loads((deps.config.data / CLIENTS_FILE).read_text("utf-8"))["people"]
    assert people["holder-li"]["code_type"] == "111"
    assert people["holder-company"]["code_type"] == "001"
    assert all(person.keys() == {"code_type", "code", "name"} for person in people.values())


def test_the_clients_that_seeded_cannot_sign_in(deps: Deps) -> None:
    with deps.db.read() as tx:
        seeders = tx.execute(
            select(Client.disabled_at, Client.secret_hash).where(
                Client.client_id.startswith(SEEDER)
            )
        ).all()
    assert seeders
    assert all(row.disabled_at is not None and row.secret_hash is None for row in seeders)


def test_a_seeding_that_was_broken_off_goes_on_where_it_stopped(
    empty_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = build_deps(empty_config)
    migrate(deps.db)
    received = iter(range(5))

    def stops_in_the_middle(*arguments: Any) -> None:
        if next(received, None) is None:
            raise KeyboardInterrupt
        real(*arguments)

    real = seed_module._receive
    monkeypatch.setattr(seed_module, "_receive", stops_in_the_middle)
    with pytest.raises(KeyboardInterrupt):
        seed(deps, read_clock())
    monkeypatch.undo()
    with deps.db.read() as tx:
        assert tx.execute(select(func.count()).select_from(Licence)).scalar_one() == 5
    seed(deps, read_clock())
    with deps.db.read() as tx:
        assert tx.execute(select(func.count()).select_from(Licence)).scalar_one() == len(
            load(local_day(read_clock())).licences
        )
    deps.db.close()
