"""A use item on its way: written by its unit, reviewed by another, published, replaced, withdrawn."""

from __future__ import annotations

from typing import Final

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.catalogue import moved
from tests.support.items import DRAFTS, EDITOR, begun_item, item_content, published, step
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.showing import FOOD, RENEWAL, fields_of, refusal, show, verify
from tests.support.units import BESIDE, CITY, DISTRICT, HALL, add_member, told
from wallet.catalogue.model import LicenceType, UseItem, UseItemVersion
from wallet.catalogue.use_list.content import ItemContentSchema

NEW: Final = "senior-canteen"
ITEMS: Final = "/api/v1/items"


@pytest.fixture
def qian(app: Flask) -> Visitor:
    """The responsible person of the hall."""
    return sign_in(app, EDITOR)


@pytest.fixture
def sun(app: Flask) -> Visitor:
    """A manager of the city above."""
    return sign_in(app, "manager-sun")


def test_every_item_of_the_demo_keeps_the_rules_of_a_draft(shared_app: Flask) -> None:
    with deps_of(shared_app).db.read() as tx:
        contents = tx.execute(select(UseItemVersion.content)).scalars().all()
    assert len(contents) == 16
    for content in contents:
        assert ItemContentSchema().load(content) == content


def test_a_new_version_takes_its_way_and_counts_from_its_publication_on(
    app: Flask, qian: Visitor, sun: Visitor
) -> None:
    content = item_content(app)
    content["materials"][0]["types"][0]["fields"] = ["number", "operator_name"]
    draft = begun_item(qian, RENEWAL, content)
    assert refusal(qian.post(DRAFTS, {"code": RENEWAL, "content": content})) == (
        409,
        "draft_exists",
    )
    assert refusal(step(sun, draft, "review", {"decision": "pass"})) == (409, "draft_state")
    assert step(qian, draft, "submission").status_code == 200
    assert refusal(step(sun, draft, "review", {"decision": "return"})) == (422, "reason_required")
    returned = step(sun, draft, "review", {"decision": "return", "reason": "用途须写明"})
    assert returned.get_json()["state"] == "returned"
    content["purpose"] = "核对经营者，办理延续"
    rewritten = qian.http.put(
        f"{DRAFTS}/{draft}", json={"content": content}, headers=qian._csrf()
    ).get_json()
    assert (rewritten["state"], rewritten["content"]["purpose"]) == ("draft", content["purpose"])
    li, zhao = sign_in(app, "holder-li"), sign_in(app, "desk-zhao")
    assert len(fields_of(verify(zhao, show(li)["text"]))[0]) == 4
    published(qian, sun, draft)
    assert fields_of(verify(zhao, show(li)["text"])) == [["number", "operator_name"]]
    item = app.test_client().get(f"{ITEMS}/{RENEWAL}").get_json()
    assert (item["version"], item["purpose"]) == (2, content["purpose"])
    assert item["fields"] == {FOOD: ["number", "operator_name"]}
    versions = app.test_client().get(f"{ITEMS}/{RENEWAL}/versions").get_json()["items"]
    assert [one["version"] for one in versions] == [1, 2]
    assert versions[0]["replaced_at"] == versions[1]["published_at"]
    steps = sun.get(f"{DRAFTS}/{draft}").get_json()["steps"]
    acts = [
        "written", "submitted", "returned", "written", "submitted", "reviewed", "published",
    ]  # fmt: skip
    assert [one["act"] for one in steps] == acts
    assert steps[2]["reason"] == "用途须写明"
    assert sum(len(told(app, f"use_item.{act}")) for act in set(acts)) == len(acts)
    assert told(app, "use_item.published")[0]["item"] == RENEWAL


def test_a_new_item_is_on_the_list_once_it_is_published_and_nobody_is_granted_it(
    app: Flask, qian: Visitor, sun: Visitor
) -> None:
    content = item_content(app) | {"name": "老年餐厅就餐登记", "name_en": "Senior canteen"}
    draft = begun_item(qian, NEW, content)
    assert app.test_client().get(f"{ITEMS}/{NEW}").status_code == 404
    published(qian, sun, draft)
    item = app.test_client().get(f"{ITEMS}/{NEW}").get_json()
    assert (item["version"], item["name"]) == (1, "老年餐厅就餐登记")
    assert NEW not in sign_in(app, "desk-zhao").get("/api/v1/me").get_json()["items"]


def test_a_field_that_was_granted_once_comes_back_with_the_item_and_no_other(
    app: Flask, qian: Visitor, sun: Visitor
) -> None:
    content = item_content(app)
    content["materials"][0]["types"][0]["fields"].append("credit_code")
    published(qian, sun, begun_item(qian, RENEWAL, content))
    verdict = verify(sign_in(app, "desk-zhao"), show(sign_in(app, "holder-li"))["text"])
    assert fields_of(verdict) == [["number", "operator_name", "premises", "business_items"]]


def test_who_wrote_or_submitted_a_draft_cannot_review_or_publish_it(app: Flask) -> None:
    add_member(app, "both", CITY, ["manager"])
    qian, both, sun = (sign_in(app, one) for one in (EDITOR, "both", "manager-sun"))
    draft = begun_item(qian, RENEWAL, item_content(app))
    with deps_of(app).db.begin() as tx:
        author = both.get("/api/v1/me").get_json()["account"]
        tx.execute(
            update(UseItemVersion).where(UseItemVersion.id == int(draft)).values(authors=[author])
        )
    assert step(qian, draft, "submission").status_code == 200
    assert refusal(step(both, draft, "review", {"decision": "pass"})) == (403, "four_eyes")
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 200
    assert refusal(step(both, draft, "publication")) == (403, "four_eyes")
    # Review and publication may be one person's.
    assert step(sun, draft, "publication").status_code == 200


def test_another_unit_and_a_manager_elsewhere_find_nothing(app: Flask, qian: Visitor) -> None:
    draft = begun_item(qian, RENEWAL, item_content(app))
    liu, sun = sign_in(app, "desk-liu"), sign_in(app, "manager-sun")
    assert liu.get(DRAFTS).get_json()["items"] == []
    assert liu.get(f"{DRAFTS}/{draft}").status_code == 404
    assert step(liu, draft, "submission").status_code == 404
    step(qian, draft, "submission")
    moved(app, "manager-sun", BESIDE, ["manager"])
    assert sun.get(DRAFTS).get_json()["items"] == []
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 404
    assert sun.post(f"{ITEMS}/{RENEWAL}/withdrawal", {"reason": "不再办理"}).status_code == 404
    moved(app, "manager-sun", DISTRICT, ["manager"])
    assert [one["id"] for one in sun.get(DRAFTS).get_json()["items"]] == [draft]
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 200


def test_the_item_of_another_unit_is_not_drafted(app: Flask, qian: Visitor) -> None:
    content = item_content(app, "food-permit-change")
    answer = qian.post(DRAFTS, {"code": "food-permit-change", "content": content})
    assert refusal(answer) == (403, "not_permitted")


def test_staff_who_are_not_the_responsible_person_write_no_draft(app: Flask) -> None:
    zhao = sign_in(app, "desk-zhao")
    assert zhao.post(DRAFTS, {"code": NEW, "content": item_content(app)}).status_code == 403


def test_a_withdrawn_item_is_off_the_list_for_good(app: Flask, qian: Visitor, sun: Visitor) -> None:
    li, zhao, away = (
        sign_in(app, "holder-li"),
        sign_in(app, "desk-zhao"),
        f"{ITEMS}/{RENEWAL}/withdrawal",
    )
    draft = begun_item(qian, RENEWAL, item_content(app))
    code = show(li)
    assert refusal(sun.post(away, {"reason": ""})) == (422, "reason_required")
    assert sun.post(away, {"reason": "并入“一件事”"}).status_code == 204
    assert refusal(sun.post(away, {"reason": "再一次"})) == (409, "item_withdrawn")
    assert app.test_client().get(f"{ITEMS}/{RENEWAL}").status_code == 404
    assert (
        zhao.post("/api/v1/verifications", {"code": code["text"], "item": RENEWAL}).status_code
        == 403
    )
    assert verify(zhao, code["text"], "open-a-shop")["verdict"] == "accepted"
    # Its draft ended with it, and the code is not used again.
    ended = sun.get(f"{DRAFTS}/{draft}").get_json()
    assert (ended["state"], ended["steps"][-1]["reason"]) == ("withdrawn", "并入“一件事”")
    assert refusal(step(qian, draft, "submission")) == (409, "draft_state")
    assert refusal(qian.post(DRAFTS, {"code": RENEWAL, "content": item_content(app)})) == (
        409,
        "item_withdrawn",
    )
    assert len(told(app, "use_item.withdrawn")) == 2


def test_a_draft_whose_type_has_retired_a_field_meanwhile_is_not_published(
    app: Flask, qian: Visitor, sun: Visitor
) -> None:
    draft = begun_item(qian, RENEWAL, item_content(app))
    step(qian, draft, "submission")
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 200
    with deps_of(app).db.begin() as tx:
        fields = tx.execute(select(LicenceType.fields).where(LicenceType.code == FOOD)).scalar_one()
        retired = [
            field | {"retired": True} if field["key"] == "premises" else field for field in fields
        ]
        tx.execute(update(LicenceType).where(LicenceType.code == FOOD).values(fields=retired))
    answer = step(sun, draft, "publication")
    assert refusal(answer) == (422, "invalid_content")
    assert answer.get_json()["errors"].keys() == {"materials.0.types.0.fields"}
    with deps_of(app).db.read() as tx:
        assert tx.execute(select(UseItem.version).where(UseItem.code == RENEWAL)).scalar_one() == 1


def test_a_unit_that_was_closed_has_no_more_items(app: Flask, qian: Visitor, sun: Visitor) -> None:
    draft = begun_item(qian, NEW, item_content(app))
    step(qian, draft, "submission")
    assert sun.post(f"/api/v1/units/{HALL}/closure", {}).status_code in (200, 204)
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 422


@pytest.mark.parametrize("id_", ["0", "x", "-1", "9" * 30, "١"])
def test_what_is_no_id_is_not_found(shared_app: Flask, id_: str) -> None:
    assert sign_in(shared_app, EDITOR).get(f"{DRAFTS}/{id_}").status_code == 404
