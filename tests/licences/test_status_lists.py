"""Status lists are published as files, tell what stands, and are kept up."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from tests.support.clock import Clock
from tests.support.codes import signer
from tests.support.licences import day, food_licence, issue
from tests.support.people import machine
from tests.support.shared import deps_of
from verify.status_list import (
    INVALID,
    STATUS_LIST_LIFE,
    STATUS_LIST_SIZE,
    STATUS_LIST_TTL,
    SUSPENDED,
    VALID,
    StatusList,
    read_list,
    sign_list,
)
from wallet import numbers
from wallet.base.clock import SHANGHAI, local_day, read_clock
from wallet.base.deps import Deps
from wallet.licences.model import IDENTIFIER, Licence, StatusEntry
from wallet.licences.status.lists import list_numbers, publish_due, published_list
from wallet.licences.status.places import assign_status_index, decoys, note_change
from wallet.licences.status.standing import status_on

LIST: Final = "/status-lists/0"
TOLD: Final = {"valid": VALID, "suspended": SUSPENDED}


def file_of(deps: Deps, number: int = 0) -> Path:
    """Where a list is kept."""
    return deps.config.data / "status-lists" / f"{number}.jwt"


def entries_now(deps: Deps, now: datetime) -> StatusList:
    """What list 0 tells."""
    return published_list(deps, 0, now).content.entries


def place_of(deps: Deps, identifier: str) -> int:
    """The place of a licence in list 0."""
    with deps.db.read() as tx:
        return tx.execute(
            select(StatusEntry.index)
            .join(Licence, Licence.id == StatusEntry.licence_id)
            .where(Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER))
        ).scalar_one()


def noon(now: datetime) -> datetime:
    """Noon of tomorrow in Shanghai: no midnight for twelve hours, and no list of that day yet."""
    return datetime.combine(local_day(now) + timedelta(days=1), time(12), SHANGHAI)


def test_a_list_tells_how_each_licence_stands_and_decoys_everywhere_else(
    deps: Deps, clock: Clock
) -> None:
    entries = entries_now(deps, noon(clock.now))
    expected = bytearray(decoys(deps.config.secret_key, 0))
    with deps.db.read() as tx:
        rows = tx.execute(
            select(
                StatusEntry.index,
                Licence.status,
                Licence.valid_from,
                Licence.valid_until,
            ).join(Licence, Licence.id == StatusEntry.licence_id)
        ).all()
    today = local_day(noon(clock.now))
    standings = [status_on(*row[1:], today) for row in rows]
    assert set(standings) >= {"valid", "suspended", "expired"}
    for (index, *_), standing in zip(rows, standings, strict=True):
        expected[index] = TOLD.get(standing, INVALID)
    assert bytes(entries.status(place) for place in range(len(entries))) == bytes(expected)


def test_a_list_is_served_signed_and_cacheable(app: Flask, clock: Clock) -> None:
    deps = deps_of(app)
    answer = app.test_client().get(LIST)
    assert (answer.status_code, answer.content_type) == (200, "application/statuslist+jwt")
    content = read_list(answer.text, 0, deps.keys.public)
    assert content.issued_at == clock.now.timestamp()
    assert content.expires_at == content.issued_at + STATUS_LIST_LIFE
    assert len(content.entries) == STATUS_LIST_SIZE
    assert answer.headers["Cache-Control"] == f"public, max-age={STATUS_LIST_TTL}"
    assert file_of(deps).read_text("ascii") == answer.text

    clock.advance(100)
    later = app.test_client().get(LIST, headers={"If-None-Match": answer.headers["ETag"]})
    assert (later.status_code, later.data) == (304, b"")
    assert later.headers["Cache-Control"] == f"public, max-age={STATUS_LIST_TTL - 100}"
    assert later.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("number", ["1", "99999999999999999999", "-1", "x", "1" * 5000])
def test_a_list_that_there_is_not_is_not_found(app: Flask, number: str) -> None:
    answer = app.test_client().get(f"/status-lists/{number}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_without_a_worker_the_server_keeps_a_list_within_its_ttl(app: Flask, clock: Clock) -> None:
    first = app.test_client().get(LIST)
    clock.advance(STATUS_LIST_TTL - 1)
    assert app.test_client().get(LIST).text == first.text
    clock.advance(1)
    renewed = app.test_client().get(LIST)
    assert renewed.headers["ETag"] != first.headers["ETag"]
    assert renewed.headers["Cache-Control"] == f"public, max-age={STATUS_LIST_TTL}"
    clock.advance(-3600)  # a list from the future of this clock is of no use either
    assert app.test_client().get(LIST).text != renewed.text


@pytest.mark.parametrize("damage", ["absent", "empty", "no text", "of a stranger"])
def test_a_file_that_the_librarys_keys_do_not_vouch_for_is_made_anew(
    deps: Deps, clock: Clock, damage: str
) -> None:
    now = noon(clock.now)
    content = published_list(deps, 0, now).content
    path = file_of(deps)
    if damage == "absent":
        path.unlink()
    elif damage == "of a stranger":
        path.write_text(sign_list(content, deps.config.public_url, signer()))
    else:
        path.write_bytes({"empty": b"", "no text": b"\xff"}[damage])
    assert publish_due(deps, now) == 1
    assert read_list(path.read_text("ascii"), 0, deps.keys.public) == content
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_the_worker_publishes_what_is_absent_or_half_way_to_its_ttl(
    deps: Deps, clock: Clock
) -> None:
    now = noon(clock.now)
    assert [publish_due(deps, now), publish_due(deps, now)] == [1, 0]
    half = timedelta(seconds=STATUS_LIST_TTL / 2)
    assert publish_due(deps, now + half - timedelta(seconds=1)) == 0
    assert publish_due(deps, now + half) == 1


def test_a_change_is_published_within_a_minute_and_no_sooner(deps: Deps, clock: Clock) -> None:
    now = noon(clock.now)
    publish_due(deps, now)
    pause = timedelta(seconds=numbers.STATUS_LIST_PAUSE)
    with deps.db.begin() as tx:
        index = (
            tx.execute(
                select(StatusEntry.index)
                .join(Licence, Licence.id == StatusEntry.licence_id)
                .where(Licence.status == "valid", Licence.valid_until.is_(None))
            )
            .scalars()
            .first()
        )
        licence = tx.execute(
            select(StatusEntry.licence_id).where(StatusEntry.index == index)
        ).scalar_one()
        tx.execute(update(Licence).where(Licence.id == licence).values(status="revoked"))
        # As of before the list was read: committed only now.
        note_change(tx, [licence], now - pause)
    assert index is not None
    assert publish_due(deps, now + pause - timedelta(seconds=1)) == 0
    assert entries_now(deps, now).status(index) == VALID
    assert publish_due(deps, now + pause) == 1
    assert entries_now(deps, now + pause).status(index) == INVALID
    assert publish_due(deps, now + 2 * pause) == 0


def test_a_newer_version_makes_the_older_invalid(app: Flask, clock: Clock) -> None:
    deps = deps_of(app)
    client = machine(app, deps.config.data, "issuer")
    body = food_licence(deps.config.data)
    first = place_of(deps, issue(client, body)["identifier"])
    assert entries_now(deps, clock.now).status(first) == VALID
    clock.advance(numbers.STATUS_LIST_PAUSE)
    second = place_of(deps, issue(client, body | {"version": 2})["identifier"])
    assert publish_due(deps, clock.now) == 1
    entries = entries_now(deps, clock.now)
    assert (entries.status(first), entries.status(second)) == (INVALID, VALID)


def test_a_licence_is_invalid_from_the_midnight_after_its_last_day(
    app: Flask, clock: Clock
) -> None:
    deps = deps_of(app)
    client = machine(app, deps.config.data, "issuer")
    licence = issue(client, food_licence(deps.config.data, valid_until=day(0)))
    place = place_of(deps, licence["identifier"])
    midnight = datetime.combine(local_day(clock.now) + timedelta(days=1), time(0), SHANGHAI)
    before = midnight - timedelta(seconds=5)
    publish_due(deps, before)
    assert entries_now(deps, before).status(place) == VALID
    assert publish_due(deps, before + timedelta(seconds=1)) == 0
    assert publish_due(deps, midnight) == 1
    assert entries_now(deps, midnight).status(place) == INVALID


def test_a_list_begins_where_the_one_before_has_enough(deps: Deps, clock: Clock) -> None:
    now = noon(clock.now)
    assert list_numbers(deps) == range(1)
    with deps.db.begin() as tx:
        licence = tx.execute(select(StatusEntry.licence_id).limit(1)).scalar_one()
        tx.execute(
            update(StatusEntry)
            .where(StatusEntry.licence_id == licence)
            .values(index=STATUS_LIST_SIZE + 5)
        )
        tx.execute(update(Licence).where(Licence.id == licence).values(status="suspended"))
    assert list_numbers(deps) == range(2)
    assert publish_due(deps, now) == 2
    assert published_list(deps, 1, now).content.entries.status(5) == SUSPENDED


def test_a_library_without_a_licence_publishes_one_list_of_decoys(deps: Deps, clock: Clock) -> None:
    with deps.db.begin() as tx:
        tx.execute(delete(StatusEntry))
    entries = entries_now(deps, noon(clock.now))
    told = bytes(entries.status(place) for place in range(len(entries)))
    assert told == decoys(deps.config.secret_key, 0)


def test_a_licence_takes_no_place_that_is_taken_or_whose_decoy_is_not_valid(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = decoys(deps.config.secret_key, 0)
    with deps.db.begin() as tx:
        taken, licence = tx.execute(select(StatusEntry.index, StatusEntry.licence_id)).all()[0]
        other = tx.execute(
            select(StatusEntry.licence_id).where(StatusEntry.licence_id != licence).limit(1)
        ).scalar_one()
        assert other is not None
        tx.execute(delete(StatusEntry).where(StatusEntry.licence_id == other))
        free = drawn.index(VALID, taken + 1)
        places = iter([drawn.index(INVALID), drawn.index(SUSPENDED), taken, free])
        monkeypatch.setattr(secrets, "randbelow", lambda _size: next(places))
        assign_status_index(tx, deps, other, read_clock())
        given = tx.execute(
            select(StatusEntry.index).where(StatusEntry.licence_id == other)
        ).scalar_one()
    assert drawn[taken] == VALID
    assert given == free


def test_decoys_are_plausible_and_the_same_each_time_they_are_drawn(deps: Deps) -> None:
    secret = deps.config.secret_key
    drawn = decoys(secret, 3)
    assert decoys(secret, 3, 4096, 160) == drawn[4096:4256]
    assert drawn != decoys(secret, 4)
    assert drawn != decoys(f"{secret}x", 3)
    count = Counter(drawn)
    assert count[INVALID] == pytest.approx(STATUS_LIST_SIZE / 16, rel=0.05)
    assert count[SUSPENDED] == pytest.approx(STATUS_LIST_SIZE / 256, rel=0.1)
    assert count[VALID] + count[INVALID] + count[SUSPENDED] == STATUS_LIST_SIZE
