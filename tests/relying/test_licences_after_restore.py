"""After a restore the stricter of database and published list counts, until that is confirmed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.support.backup import take_backup
from tests.support.clock import Clock
from tests.support.codes import signer
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    FOOD,
    identifier_of,
    open_code,
    refusal,
    set_licence,
    show,
    verify,
)
from verify.codes import CLOCK_TOLERANCE, LIVE_CODE_LIFE
from verify.status_list import (
    INVALID,
    STATUS_LIST_SIZE,
    STATUS_LIST_TTL,
    SUSPENDED,
    VALID,
    PublishedList,
    pack,
    sign_list,
)
from wallet.base.deps import Deps
from wallet.base.epoch import Marks
from wallet.errors import Unavailable
from wallet.licences.model import IDENTIFIER, Licence, StatusEntry
from wallet.licences.status.lists import list_numbers, published_list
from wallet.licences.status.places import assign_status_index, decoys, note_change
from wallet.licences.status.published import list_path

WINDOW = LIVE_CODE_LIFE + CLOCK_TOLERANCE


@pytest.fixture
def food(li: Visitor) -> str:
    """The licence that all this is about."""
    return identifier_of(li, FOOD)


def entry(deps: Deps, identifier: str) -> Any:
    """The place of a licence: its index, and the licence's id."""
    with deps.db.read() as tx:
        return tx.execute(
            select(StatusEntry.index.label("place"), StatusEntry.licence_id)
            .join(Licence, Licence.id == StatusEntry.licence_id)
            .where(Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER))
        ).one()


def change(deps: Deps, identifier: str, status: str, now: datetime) -> None:
    """An issuer's change."""
    set_licence(deps, identifier, status=status)
    with deps.db.begin() as tx:
        note_change(tx, [entry(deps, identifier).licence_id], now)


def published(deps: Deps, identifier: str, now: datetime) -> int:
    """What the list says of a licence once it has been published anew."""
    place = entry(deps, identifier).place
    return published_list(deps, 0, now).content.entries.status(place)


def forget(deps: Deps, identifier: str, status: str, clock: Clock) -> None:
    """A change is made and published, and then forgotten by a restore, which is noticed."""
    published_list(deps, 0, clock.now)
    backup = take_backup(deps.db)
    change(deps, identifier, status, clock.now)
    published(deps, identifier, clock.advance(STATUS_LIST_TTL))
    backup.put_back()
    assert deps.epoch.tick(deps.db, clock.now).unconfirmed_since == clock.now
    clock.advance(WINDOW)


def told(li: Visitor, identifier: str) -> str:
    """The status that the holder sees."""
    status: str = li.get(f"/api/v1/me/licences/{identifier}").get_json()["status"]
    return status


@pytest.mark.parametrize(("status", "entry_of"), [("revoked", INVALID), ("suspended", SUSPENDED)])
def test_what_was_revoked_or_suspended_after_the_backup_stays_so(
    deps: Deps, li: Visitor, zhao: Visitor, food: str, clock: Clock, status: str, entry_of: int
) -> None:
    forget(deps, food, status, clock)
    code = show(li, "driving-licence")  # another licence is as good as ever
    assert verify(zhao, code["text"], "identity-at-counter")["reason"] == "ok"
    assert refusal(open_code(li, food)) == (409, f"licence_{status}")
    assert told(li, food) == status
    items = li.get("/api/v1/me/licences").get_json()["items"]
    assert status in {row["status"] for row in items if row["identifier"] == food}
    for _ in range(2):  # the list is published anew from what it said itself
        assert published(deps, food, clock.advance(STATUS_LIST_TTL)) == entry_of


def test_a_desk_refuses_a_code_that_was_signed_while_nobody_had_noticed(
    deps: Deps, li: Visitor, zhao: Visitor, food: str, clock: Clock
) -> None:
    forget(deps, food, "revoked", clock)
    noticed = deps.epoch.marks()
    deps.epoch._write_marker(Marks(token=noticed.token))
    code = show(li)
    deps.epoch._write_marker(noticed)
    verdict = verify(zhao, code["text"])
    assert (verdict["verdict"], verdict["reason"]) == ("refused", "licence_revoked")
    public = li.post("/api/v1/public/verifications", {"code": code["text"]}).get_json()
    assert [row["status"] for row in public["licences"]] == ["revoked"]


def test_publishing_itself_finds_out_before_it_would_overwrite(
    deps: Deps, food: str, clock: Clock
) -> None:
    published_list(deps, 0, clock.now)
    backup = take_backup(deps.db)
    change(deps, food, "revoked", clock.now)
    assert published(deps, food, clock.advance(STATUS_LIST_TTL)) == INVALID
    backup.put_back()
    assert published(deps, food, clock.advance(STATUS_LIST_TTL)) == INVALID
    assert deps.epoch.marks().unconfirmed_since == clock.now


def test_a_status_that_its_issuer_sends_again_follows_the_database(
    app: Flask, deps: Deps, li: Visitor, food: str, clock: Clock
) -> None:
    forget(deps, food, "revoked", clock)
    change(deps, food, "suspended", clock.now)
    assert told(li, food) == "suspended"
    assert published(deps, food, clock.advance(STATUS_LIST_TTL)) == SUSPENDED
    change(deps, food, "valid", clock.now)
    zhao = sign_in(app, "desk-zhao")
    assert verify(zhao, show(li)["text"])["reason"] == "ok"
    assert published(deps, food, clock.advance(STATUS_LIST_TTL)) == VALID


def test_once_confirmed_the_lists_follow_the_database(
    deps: Deps, li: Visitor, zhao: Visitor, food: str, clock: Clock
) -> None:
    forget(deps, food, "revoked", clock)
    deps.epoch.confirm(deps.db, clock.now)
    assert told(li, food) == "valid"
    assert verify(zhao, show(li)["text"])["reason"] == "ok"
    assert published(deps, food, clock.advance(STATUS_LIST_TTL)) == VALID


def test_the_databases_own_reason_comes_first(
    deps: Deps, li: Visitor, food: str, clock: Clock
) -> None:
    forget(deps, food, "revoked", clock)
    set_licence(deps, food, valid_until=(clock.now - timedelta(days=9)).date())
    assert told(li, food) == "expired"
    set_licence(deps, food, status="suspended")  # but the stricter status all the same
    assert told(li, food) == "revoked"


def test_a_list_counts_by_whatever_key_it_was_signed(
    deps: Deps, li: Visitor, food: str, clock: Clock
) -> None:
    forget(deps, food, "revoked", clock)
    content = published_list(deps, 0, clock.now).content
    list_path(deps, 0).write_text(sign_list(content, deps.config.public_url, signer()), "ascii")
    assert told(li, food) == "revoked"
    assert published(deps, food, clock.now) == INVALID


@pytest.mark.parametrize("content", [b"", b"no list", b"\xff", b"e30.e30.e30"])
def test_while_a_list_cannot_be_read_nothing_is_said_of_its_licences(
    deps: Deps, li: Visitor, food: str, clock: Clock, content: bytes
) -> None:
    forget(deps, food, "revoked", clock)
    good = list_path(deps, 0).read_bytes()
    list_path(deps, 0).write_bytes(content)
    assert refusal(li.get(f"/api/v1/me/licences/{food}")) == (503, "unavailable")
    with pytest.raises(Unavailable):
        published(deps, food, clock.now)
    list_path(deps, 0).write_bytes(good)
    assert told(li, food) == "revoked"


def test_lists_that_the_database_has_forgotten_are_published_on(deps: Deps, clock: Clock) -> None:
    later = PublishedList(
        issuer=deps.keys.issuer,
        number=2,
        issued_at=int(clock.now.timestamp()),
        expires_at=int(clock.now.timestamp()) + 3600,
        entries=pack(bytes([INVALID]) * STATUS_LIST_SIZE),
    )
    published_list(deps, 0, clock.now)
    token = sign_list(later, deps.config.public_url, deps.keys.current)
    list_path(deps, 2).write_text(token, "ascii")
    assert list_numbers(deps) == range(1)
    deps.epoch.notice(deps.db, deps.epoch.marks(), clock.now)
    assert list_numbers(deps) == range(3)
    renewed = published_list(deps, 2, clock.advance(STATUS_LIST_TTL))
    assert renewed.content.entries == later.entries
    deps.epoch.confirm(deps.db, clock.now)
    assert list_numbers(deps) == range(1)


def test_a_new_licence_takes_no_place_that_a_list_calls_invalid(
    deps: Deps, food: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_list(deps, 0, clock.now)
    taken = entry(deps, food)
    free = decoys(deps.config.secret_key, 0).index(VALID, taken.place + 1)
    forget(deps, food, "revoked", clock)

    def place_drawn() -> int:
        """As if the revoked licence had been forgotten, and this were a new one."""
        places = iter([taken.place, free])
        monkeypatch.setattr(secrets, "randbelow", lambda _size: next(places))
        with deps.db.begin() as tx:
            tx.execute(delete(StatusEntry).where(StatusEntry.licence_id == taken.licence_id))
            assign_status_index(tx, deps, taken.licence_id, clock.now)
        place: int = entry(deps, food).place
        return place

    assert place_drawn() == free
    deps.epoch.confirm(deps.db, clock.now)
    assert place_drawn() == taken.place
