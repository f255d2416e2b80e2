"""Annotated copies: printed in a session, for a purpose and until a day, accepted at desks, revoked."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update

from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import (
    ALLOWANCE,
    ASSISTANCES,
    COPIES,
    ask_copy,
    begun,
    licence_in,
    printed,
    revoke,
    trust_of,
)
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import IDENTITY, refusal, verify
from tests.support.units import HALL, HALL_BESIDE, told
from verify.check import check
from verify.codes import PaperCode, read
from wallet import numbers
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.counter.model import Copy
from wallet.licences.model import Licence


def test_a_copy_is_accepted_at_a_desk_with_its_purpose_and_its_uses_are_counted(
    app: Flask, wang: Visitor, zhao: Visitor, clock: Clock
) -> None:
    copy = printed(wang, begun(app, wang))
    for use in (1, 2):
        verdict = verify(zhao, copy["text"], ALLOWANCE)
        assert (verdict["verdict"], verdict["shown_by"], verdict["uses"]) == (
            "accepted",
            "paper",
            use,
        )
        assert (verdict["purpose"], verdict["ends_on"]) == ("申领高龄津贴", day_in(30))
        assert verdict["recipient"] == "东胜区政务服务大厅（演示）"
        [licence] = verdict["licences"]
        keys = [one["key"] for one in licence["fields"]]
        assert set(keys) == {"photo", "name", "number", "birth_date", "grade"}
        again = verify(zhao, copy["text"], ALLOWANCE)
        assert (again["id"], again["repeated"], again["uses"]) == (verdict["id"], True, use)
        clock.advance(numbers.SAME_DESK_REPEAT + 1)
    [event] = told(app, "copy.printed")
    assert event["serial"] == copy["serial"]
    assert "津贴" not in str(event)


def test_a_desk_may_type_the_serial(app: Flask, wang: Visitor, zhao: Visitor) -> None:
    copy = printed(wang, begun(app, wang))
    typed = " ".join(copy["serial"][at : at + 4] for at in range(0, 16, 4)).lower()
    assert verify(zhao, typed, ALLOWANCE)["verdict"] == "accepted"
    wrong = copy["serial"][:-1] + ("0" if copy["serial"][-1] != "0" else "1")
    assert verify(zhao, wrong, ALLOWANCE)["reason"] == "malformed"


def test_a_copy_for_one_use_is_used_once(
    app: Flask, wang: Visitor, zhao: Visitor, clock: Clock
) -> None:
    copy = printed(wang, begun(app, wang), single_use=True)
    assert verify(zhao, copy["text"], ALLOWANCE)["verdict"] == "accepted"
    clock.advance(numbers.SAME_DESK_REPEAT + 1)
    assert verify(zhao, copy["text"], ALLOWANCE)["reason"] == "already_used"


def test_a_copy_for_an_item_or_a_unit_is_for_no_other(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    for_item = printed(wang, session, item=ALLOWANCE)
    assert verify(zhao, for_item["text"], IDENTITY)["reason"] == "wrong_item"
    assert verify(zhao, for_item["text"], ALLOWANCE)["verdict"] == "accepted"
    elsewhere = printed(wang, session, recipient_unit=HALL_BESIDE)
    assert verify(zhao, elsewhere["text"], ALLOWANCE)["reason"] == "wrong_recipient"
    here = printed(wang, session, recipient_unit=HALL)
    assert verify(zhao, here["text"], ALLOWANCE)["verdict"] == "accepted"


def test_an_item_that_asks_takes_paper_that_was_made_for_it_alone(
    app: Flask, wang: Visitor, bank: Visitor
) -> None:
    session, senior = begun(app, wang), "bank-senior-service"
    anywhere = printed(wang, session)
    assert verify(bank, anywhere["text"], senior)["reason"] == "wrong_recipient"
    for_it = printed(wang, session, item=senior)
    assert verify(bank, for_it["text"], senior)["verdict"] == "accepted"


def test_a_revoked_copy_is_refused_online_and_by_the_lists(
    app: Flask, wang: Visitor, zhao: Visitor, deps: Deps
) -> None:
    copy = printed(wang, begun(app, wang))
    now = read_clock()
    assert check(copy["text"], trust_of(deps), now.timestamp()).reason == "ok"
    assert revoke(wang, copy["serial"]).status_code == 204
    assert revoke(wang, copy["serial"].lower()).status_code == 204
    assert verify(zhao, copy["text"], ALLOWANCE)["reason"] == "copy_revoked"
    for path in deps.config.status_lists_dir.glob("*.jwt"):
        path.unlink()
    assert check(copy["text"], trust_of(deps), now.timestamp()).reason == "copy_revoked"
    assert len(told(app, "copy.revoked")) == 1


def test_who_may_revoke_it(
    app: Flask, wang: Visitor, elder: Visitor, granddaughter: Visitor, li: Visitor, zhao: Visitor
) -> None:
    session = begun(app, wang)
    first, second, third = (printed(wang, session) for _ in range(3))
    assert refusal(revoke(li, first["serial"])) == (404, "copy_unknown")
    assert refusal(revoke(zhao, first["serial"])) == (403, "not_permitted")
    assert revoke(elder, first["serial"]).status_code == 204
    assert revoke(granddaughter, second["serial"]).status_code == 204
    states = {
        one["serial"]: one["state"] for one in elder.get("/api/v1/me/copies").get_json()["items"]
    }
    assert (states[first["serial"]], states[third["serial"]]) == ("revoked", "good")
    assert li.get("/api/v1/me/copies").get_json()["items"] == []


def test_a_licence_that_ends_or_is_renewed_ends_its_copies(
    app: Flask, wang: Visitor, zhao: Visitor, deps: Deps
) -> None:
    copy = printed(wang, begun(app, wang))
    for values, reason in (
        ({"status": "suspended"}, "licence_suspended"),
        ({"status": "revoked"}, "licence_revoked"),
        ({"status": "valid", "superseded_at": read_clock()}, "copy_superseded"),
    ):
        with deps.db.begin() as tx:
            of = select(Copy.licence_id).where(Copy.serial == copy["serial"]).scalar_subquery()
            tx.execute(update(Licence).where(Licence.id == of).values(**values))
        assert verify(zhao, copy["text"], ALLOWANCE)["reason"] == reason


def test_its_last_day_is_inclusive(app: Flask, wang: Visitor, zhao: Visitor, clock: Clock) -> None:
    copy = printed(wang, begun(app, wang), valid_until=day_in(0))
    code = read(copy["text"], deps_of(app).keys.public, clock.now.timestamp())
    assert isinstance(code, PaperCode)
    clock.advance(code.ends_at + 29 - clock.now.timestamp())
    assert read(copy["text"], deps_of(app).keys.public, clock.now.timestamp()) == code
    clock.advance(1)
    assert verify(sign_in(app, "desk-zhao"), copy["text"], ALLOWANCE)["reason"] == "copy_expired"


@pytest.mark.parametrize(
    ("other", "slug"),
    [
        ({"valid_until": day_in(-1)}, "copy_days"),
        ({"valid_until": day_in(numbers.COPY_DAYS_MAX + 1)}, "copy_days"),
        ({"purpose": ""}, "invalid"),
        ({"recipient": ""}, "invalid"),
        ({"purpose": "一" * (numbers.COPY_PURPOSE_MAX + 1)}, "invalid"),
        ({"item": "no-such-item"}, "copy_item"),
        ({"item": "food-permit-renewal"}, "copy_item"),
        ({"item": "\u0000"}, "invalid"),
        ({"recipient_unit": "91150600MADEM9999X"}, "copy_recipient"),
        ({"single_use": "yes"}, "invalid"),
        ({"valid_until": None}, "invalid"),
    ],
)
def test_what_a_copy_needs(app: Flask, wang: Visitor, other: dict[str, Any], slug: str) -> None:
    answer = ask_copy(wang, begun(app, wang), **other)
    assert refusal(answer) == (422, slug)


def test_a_copy_is_good_for_ninety_days_at_most(app: Flask, wang: Visitor) -> None:
    answer = ask_copy(wang, begun(app, wang), valid_until=day_in(numbers.COPY_DAYS_MAX))
    assert answer.status_code == 201


def test_three_copies_in_ninety_days_and_one_that_is_revoked_makes_room(
    app: Flask, wang: Visitor
) -> None:
    session = begun(app, wang)
    first = printed(wang, session)
    for _ in range(numbers.COPIES_MAX - 1):
        printed(wang, session)
    assert refusal(ask_copy(wang, session)) == (409, "too_many_copies")
    revoke(wang, first["serial"])
    printed(wang, session)


def test_a_double_click_prints_once(app: Flask, wang: Visitor) -> None:
    session = begun(app, wang)
    first, second = (ask_copy(wang, session, key="k1") for _ in range(2))
    assert first.get_json() == second.get_json()
    other = ask_copy(wang, session, key="k1", purpose="别的用途")
    assert refusal(other) == (409, "idempotency_key_reused")
    no_key = wang.post(f"{ASSISTANCES}/{session['id']}/copies", {})
    assert no_key.status_code == 422


def test_not_after_the_session_and_not_of_somebody_else(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    foreign = licence_in(begun(app, wang, "holder-li"), "driving-licence")
    assert refusal(ask_copy(wang, session, licence=foreign)) == (404, "not_found")
    clock.advance(numbers.ASSISTANCE_LIFE)
    assert refusal(ask_copy(wang, session)) == (409, "assistance_ended")


def test_the_document_is_a_sealed_pdf_until_the_copy_ends(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    copy = printed(wang, begun(app, wang))
    got = wang.get(copy["pdf"])
    assert (got.status_code, got.content_type) == (200, "application/pdf")
    assert b"/ByteRange" in got.data
    assert refusal(zhao.get(copy["pdf"])) == (403, "not_permitted")
    assert refusal(wang.get(f"{COPIES}/JZ0000000000.pdf")) == (404, "copy_unknown")
    revoke(wang, copy["serial"])
    assert refusal(wang.get(copy["pdf"])) == (409, "copy_revoked")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '#import "x"; *粗*',
        '=HYPERLINK("x")',
        "\\u{1F600} $x$",
        ") Tj (x",
    ],
)
def test_whatever_is_typed_is_printed_as_it_is(app: Flask, wang: Visitor, text: str) -> None:
    copy = printed(wang, begun(app, wang), purpose=text)
    assert wang.get(copy["pdf"]).status_code == 200


def test_what_stands_on_a_copy_is_read_again_with_its_verdict(
    app: Flask, wang: Visitor, zhao: Visitor
) -> None:
    verdict = verify(zhao, printed(wang, begun(app, wang))["text"], ALLOWANCE)
    again = zhao.get(f"/api/v1/verifications/{verdict['id']}").get_json()
    told = ("purpose", "recipient", "ends_on", "uses", "licences", "shown_by")
    assert {name: again[name] for name in told} == {name: verdict[name] for name in told}


def test_the_document_is_there_in_large_print_too(app: Flask, wang: Visitor) -> None:
    serial = printed(wang, begun(app, wang))["serial"]
    plain, large = (wang.get(f"/counter/copies/{serial}.pdf{more}") for more in ("", "?large=1"))
    assert (plain.status_code, large.status_code) == (200, 200)
    assert _largest(large.data) > _largest(plain.data)


def _largest(pdf: bytes) -> float:
    """The size in points of the largest letters on the first page, the watermark aside, which is turned."""
    sizes: list[float] = []

    def visit(text: str, _cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if text.strip() and abs(tm[1]) < 0.01:
            sizes.append(abs(tm[0]) * size)

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    return max(sizes)
