"""What stays true of a copy when a request breaks off, comes twice, or asks for less, and after a restore."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.applications import day_in
from tests.support.backup import take_backup
from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, ask_assistance, ask_copy, begun, printed, revoke
from tests.support.judgements import finding, judgement
from tests.support.people import Visitor, sign_in
from tests.support.showing import fields_of, refusal, set_licence, verify
from tests.support.staff import send_form
from tests.support.units import HALL_BESIDE
from verify.codes import PaperCode, read
from wallet import numbers
from wallet.base.clock import SHANGHAI, read_clock
from wallet.base.deps import Deps
from wallet.counter.model import Copy
from wallet.licences.model import Licence
from wallet.organisations.model import Staff, Unit


def _broken_off(deps: Deps, copy: dict[str, Any]) -> None:
    """The process died before it could sign."""
    with deps.db.begin() as tx:
        tx.execute(update(Copy).where(Copy.serial == copy["serial"]).values(text_sealed=None))


def test_a_copy_that_was_never_signed_counts_until_its_session_is_over(
    app: Flask, wang: Visitor, deps: Deps, clock: Clock
) -> None:
    session = begun(app, wang)
    for _ in range(numbers.COPIES_MAX):
        copy = printed(wang, session)
    _broken_off(deps, copy)
    clock.advance(numbers.ASSISTANCE_LIFE - 1)
    assert refusal(ask_copy(wang, session)) == (409, "too_many_copies")
    clock.advance(1)
    printed(wang, begun(app, wang))


def test_the_same_request_finishes_it_also_on_the_day_after(
    app: Flask, wang: Visitor, deps: Deps, clock: Clock
) -> None:
    midnight = datetime.fromisoformat(f"{day_in(1)}T00:00:00").replace(tzinfo=SHANGHAI)
    clock.advance((midnight - timedelta(minutes=1) - clock.now).total_seconds())
    wang = sign_in(app, "counter-wang")
    today = f"{clock.now.astimezone(SHANGHAI):%Y-%m-%d}"
    session = begun(app, wang)
    copy = printed(wang, session, key="k1", valid_until=today)
    _broken_off(deps, copy)
    clock.advance(120)
    again = ask_copy(wang, session, key="k1", valid_until=today)
    assert (again.status_code, again.get_json()["serial"]) == (201, copy["serial"])
    code = read(again.get_json()["text"], deps.keys.public, midnight.timestamp() - 60)
    assert isinstance(code, PaperCode)
    assert datetime.fromtimestamp(code.ends_at, UTC) == midnight


def test_the_last_copy_that_is_left_asked_for_twice_at_once_is_one(
    app: Flask, wang: Visitor, deps: Deps
) -> None:
    session = begun(app, wang)
    for _ in range(numbers.COPIES_MAX - 1):
        printed(wang, session)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ask_copy(wang, session, key="k1"), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["serial"] for answer in answers}) == 1
    assert len(deps.db.rows(select(Copy))) == numbers.COPIES_MAX


def test_what_no_font_can_draw_is_refused_before_it_counts(
    app: Flask, wang: Visitor, deps: Deps
) -> None:
    answer = ask_copy(wang, begun(app, wang), purpose="办\ue000证")
    assert refusal(answer) == (409, "glyph_missing")
    assert "U+E000" in answer.get_json()["detail"]
    assert deps.db.rows(select(Copy)) == []


def test_the_same_desk_never_reads_more_of_a_copy_than_is_on_record(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    text = printed(wang, begun(app, wang))["text"]
    assert fields_of(verify(zhao, text, ALLOWANCE, fields=["number"])) == [["number"]]
    again = verify(zhao, text, ALLOWANCE)
    assert again["repeated"] is True
    assert fields_of(again) == [["number"]]


def test_a_copy_for_one_use_is_refused_in_words_for_paper(
    app: Flask, wang: Visitor, zhao: Visitor, clock: Clock
) -> None:
    text = printed(wang, begun(app, wang), single_use=True)["text"]
    verify(zhao, text, ALLOWANCE)
    clock.advance(numbers.SAME_DESK_REPEAT + 1)
    verdict = verify(zhao, text, ALLOWANCE)
    again = zhao.get(f"/api/v1/verifications/{verdict['id']}").get_json()
    for one in (verdict, again):
        assert one["reason"] == "already_used"
        assert "纸质件" in one["message"]
        assert "亮" not in one["message"]


@pytest.mark.parametrize("single_use", [True, False])
def test_no_copy_is_accepted_by_a_database_that_was_just_put_back(
    app: Flask, wang: Visitor, zhao: Visitor, deps: Deps, *, single_use: bool
) -> None:
    text = printed(wang, begun(app, wang), single_use=single_use)["text"]
    deps.epoch.tick(deps.db, read_clock())
    backup = take_backup(deps.db)
    deps.epoch.tick(deps.db, read_clock())
    assert verify(zhao, text, ALLOWANCE)["verdict"] == "accepted"
    backup.put_back()
    verdict = verify(zhao, text, ALLOWANCE)
    assert (verdict["verdict"], verdict["reason"]) == ("undetermined", "trust_stale")
    assert deps.epoch.marks().unconfirmed_since is not None
    assert verify(zhao, text, ALLOWANCE)["reason"] == ("trust_stale" if single_use else "ok")


def test_a_copy_accepted_offline_after_it_was_revoked_is_told_in_words_for_paper(
    app: Flask, wang: Visitor, zhao: Visitor, clock: Clock
) -> None:
    copy = printed(wang, begun(app, wang))
    revoke(wang, copy["serial"])
    clock.advance(1)
    found = finding(zhao, judgement(copy["text"], clock.now, item=ALLOWANCE))
    assert (found["reason"], found["conflict"]) == ("copy_revoked", True)
    assert "撤回" in found["message"]


@pytest.mark.parametrize("single_use", [True, False])
def test_a_use_whose_answer_was_lost_and_that_was_judged_offline_is_one(
    app: Flask, wang: Visitor, zhao: Visitor, deps: Deps, clock: Clock, *, single_use: bool
) -> None:
    text = printed(wang, begun(app, wang), single_use=single_use)["text"]
    verify(zhao, text, ALLOWANCE)
    clock.advance(numbers.SAME_DESK_REPEAT)
    lost = judgement(text, clock.now, item=ALLOWANCE)
    clock.advance(1)
    later = judgement(text, clock.now, item=ALLOWANCE)
    assert finding(zhao, lost)["verdict"] == "accepted"
    assert [row.uses for row in deps.db.rows(select(Copy))] == [1]
    assert finding(zhao, later)["conflict"] is single_use
    assert [row.uses for row in deps.db.rows(select(Copy))] == [1 if single_use else 2]


def test_staff_elsewhere_revoke_a_copy_and_read_none(app: Flask, wang: Visitor, deps: Deps) -> None:
    copy = printed(wang, begun(app, wang))
    serial = copy["serial"]
    with deps.db.begin() as tx:
        beside = select(Unit.id).where(Unit.code == HALL_BESIDE).scalar_subquery()
        tx.execute(update(Staff).where(Staff.login == "counter-wang").values(unit_id=beside))
    elsewhere = sign_in(app, "counter-wang")
    assert refusal(elsewhere.get(copy["pdf"])) == (404, "copy_unknown")
    for page in (f"/counter/copies/{serial}", f"/counter/copies/{serial}.pdf"):
        assert elsewhere.get(page).status_code == 404
    done = send_form(elsewhere, "/counter/revocation", serial=serial.lower(), reason="遗失")
    assert done.status_code == 200
    assert f"{serial[:4]} {serial[4:8]}" in done.text
    assert refusal(sign_in(app, "counter-wang").get(copy["pdf"])) == (404, "copy_unknown")


def test_a_copy_of_an_older_version_is_printed_no_more(
    app: Flask, wang: Visitor, deps: Deps
) -> None:
    copy = printed(wang, begun(app, wang))
    with deps.db.begin() as tx:
        of = select(Copy.licence_id).where(Copy.serial == copy["serial"]).scalar_subquery()
        values = {"superseded_at": read_clock()}
        tx.execute(update(Licence).where(Licence.id == of).values(**values))
    assert refusal(wang.get(copy["pdf"])) == (409, "copy_superseded")


def test_of_very_many_licences_the_latest_are_shown(
    app: Flask, wang: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = begun(app, wang)["licences"]
    monkeypatch.setattr(numbers, "PAGE_LIMIT_MAX", 1)
    [one] = begun(app, wang)["licences"]
    assert one["identifier"] in [licence["identifier"] for licence in every[1:]]


def test_a_licence_that_ends_today_is_copied_until_midnight_in_shanghai(
    app: Flask, wang: Visitor, deps: Deps, never_signed_in: dict[str, str], clock: Clock
) -> None:
    today, tomorrow = day_in(0), day_in(1)
    [licence] = ask_assistance(wang, never_signed_in).get_json()["licences"]
    set_licence(deps, licence["identifier"], valid_until=date.fromisoformat(today))
    midnight = datetime.fromisoformat(f"{tomorrow}T00:00:00").replace(tzinfo=SHANGHAI)
    clock.advance((midnight - timedelta(seconds=1) - clock.now).total_seconds())
    wang = sign_in(app, "counter-wang")
    session = ask_assistance(wang, never_signed_in).get_json()
    of = {"licence": licence["identifier"]}
    assert refusal(ask_copy(wang, session, **of, valid_until=tomorrow)) == (422, "copy_days")
    assert printed(wang, session, **of, valid_until=today)["ends_on"] == today
    clock.advance(1)
    late = ask_copy(wang, session, **of, valid_until=tomorrow)
    assert refusal(late) == (409, "licence_expired")
