"""A catalogue entry on its way: written, submitted, reviewed by another, published, replaced."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.catalogue import (
    DRAFTS,
    NEW_CODE,
    begun,
    food_content,
    moved,
    new_content,
    published,
    step,
)
from tests.support.licences import FOOD, food_fields, food_licence
from tests.support.people import machine, sign_in
from tests.support.shared import deps_of
from wallet.base.audit import AuditEvent
from wallet.base.outbox import OutboxMessage
from wallet.catalogue.content import ContentSchema
from wallet.catalogue.model import LicenceTypeVersion

DONGSHENG_MANAGER = "11150602MADEM0206B"
KANGBASHI_MANAGER = "11150603MADEM03023"
REGION = "11150000MADEM002XD"


def test_every_entry_of_the_demo_keeps_the_rules_of_a_draft(shared_app: Flask) -> None:
    with deps_of(shared_app).db.read() as tx:
        contents = tx.execute(select(LicenceTypeVersion.content)).scalars().all()
    assert len(contents) == 16
    for content in contents:
        assert ContentSchema().load(content) == content


def test_a_new_version_takes_its_way_and_counts_from_its_publication_on(app: Flask) -> None:
    chen, sun = sign_in(app, "issuer-chen"), sign_in(app, "manager-sun")
    deps, content = deps_of(app), food_content(app)
    remarks = next(field for field in content["fields"] if field["key"] == "remarks")
    remarks["retired"] = True
    content["fields"].append(
        {"key": "grade", "label": "食品安全等级", "label_en": "Grade", "type": "code",
         "required": True, "codes": [{"code": "A", "label": "优"}, {"code": "B", "label": "良"}]}
    )  # fmt: skip
    draft = begun(chen, FOOD, content)
    again = chen.post(DRAFTS, {"code": FOOD, "content": content})
    assert (again.status_code, again.get_json()["slug"]) == (409, "draft_exists")
    early = step(sun, draft, "review", {"decision": "pass"})
    assert (early.status_code, early.get_json()["slug"]) == (409, "draft_state")
    assert step(chen, draft, "submission").status_code == 200
    assert chen.http.put(
        f"{DRAFTS}/{draft}", json={"content": content}, headers=chen._csrf()
    ).get_json()["slug"] == "draft_state"  # fmt: skip
    without = step(sun, draft, "review", {"decision": "return"})
    assert (without.status_code, without.get_json()["slug"]) == (422, "reason_required")
    returned = step(sun, draft, "review", {"decision": "return", "reason": "等级须设 C"})
    assert returned.get_json()["state"] == "returned"
    content["fields"][-1]["codes"].append({"code": "C", "label": "一般"})
    rewritten = chen.http.put(f"{DRAFTS}/{draft}", json={"content": content}, headers=chen._csrf())
    assert rewritten.get_json()["state"] == "draft"

    issuer, data = machine(app, deps.config.data, "issuer"), deps.config.data
    before = food_licence(data, fields=food_fields(remarks="旧版本可填"))
    assert issuer.post("/api/v1/licences", before, key="1").status_code == 201
    published(chen, sun, draft)
    entry = app.test_client().get(f"/api/v1/catalogue/{FOOD}").get_json()
    assert (entry["version"], entry["fields"][-1]["key"]) == (2, "grade")
    told = app.test_client().get(f"/api/v1/catalogue/{FOOD}/versions").get_json()["items"]
    assert [one["version"] for one in told] == [1, 2]
    assert told[0]["replaced_at"] == told[1]["published_at"]
    steps = sun.get(f"{DRAFTS}/{draft}").get_json()["steps"]
    assert [one["act"] for one in steps] == [
        "written", "submitted", "returned", "written", "submitted", "reviewed", "published",
    ]  # fmt: skip
    assert steps[2]["reason"] == "等级须设 C"
    with deps.db.read() as tx:
        events = tx.execute(
            select(AuditEvent.name).where(AuditEvent.name.startswith("catalogue."))
        ).scalars()
        assert len(list(events)) == len(steps)
        sent = tx.execute(
            select(OutboxMessage.payload).where(OutboxMessage.topic == "catalogue.published")
        ).scalars()
        assert list(sent) == [{"type": FOOD, "version": 2}]

    old_form = issuer.post(
        "/api/v1/licences", food_licence(data, fields=food_fields(remarks="x")), key="2"
    )
    assert old_form.get_json()["errors"].keys() == {"fields.remarks", "fields.grade"}
    new_form = food_licence(data, fields=food_fields(grade="C"))
    assert issuer.post("/api/v1/licences", new_form, key="3").status_code == 201
    # Licences of the old version are still read under its labels.
    li = sign_in(app, "holder-li")
    mine = li.get("/api/v1/me/licences?limit=200").get_json()["items"]
    identifier = next(one["identifier"] for one in mine if one["number"] == before["number"])
    face = li.get(f"/api/v1/me/licences/{identifier}").get_json()["fields"]
    assert {field["label"]: field["value"] for field in face}["备注"] == "旧版本可填"


def test_a_new_type_gets_its_short_number_when_it_is_published(app: Flask) -> None:
    chen, sun = sign_in(app, "issuer-chen"), sign_in(app, "manager-sun")
    draft = begun(chen, NEW_CODE, new_content(app))
    assert app.test_client().get(f"/api/v1/catalogue/{NEW_CODE}").status_code == 404
    published(chen, sun, draft)
    entry = app.test_client().get(f"/api/v1/catalogue/{NEW_CODE}").get_json()
    assert (entry["number"], entry["version"]) == (17, 1)
    deps = deps_of(app)
    issuer, body = machine(app, deps.config.data, "issuer"), food_licence(deps.config.data)
    answer = issuer.post("/api/v1/licences", body | {"type": NEW_CODE}, key="1")
    assert (answer.status_code, answer.get_json()["status"]) == (201, "valid")
    assert ".11100000MADEM1081F099." in answer.get_json()["identifier"]


def test_who_wrote_a_draft_cannot_review_or_publish_it(app: Flask) -> None:
    chen, sun = sign_in(app, "issuer-chen"), sign_in(app, "manager-sun")
    moved(app, "issuer-chen", REGION, ["issuer", "manager"])
    draft = begun(chen, NEW_CODE, new_content(app))
    assert step(chen, draft, "submission").status_code == 200
    own = step(chen, draft, "review", {"decision": "pass"})
    assert (own.status_code, own.get_json()["slug"]) == (403, "four_eyes")
    moved(app, "manager-sun", REGION, ["manager"])
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 200
    assert step(chen, draft, "publication").get_json()["slug"] == "four_eyes"
    # An issuer that this manager's unit does not manage is for a unit further up.
    assert step(sun, draft, "publication").status_code == 403
    moved(app, "manager-sun", "11150000MADEM0011M", ["manager"])
    assert step(sun, draft, "publication").status_code == 200


def test_another_unit_and_a_manager_elsewhere_find_nothing(app: Flask) -> None:
    chen, sun = sign_in(app, "issuer-chen"), sign_in(app, "manager-sun")
    draft = begun(chen, NEW_CODE, new_content(app))
    step(chen, draft, "submission")
    moved(app, "manager-sun", KANGBASHI_MANAGER, ["manager"])
    assert sun.get(DRAFTS).get_json()["items"] == []
    assert sun.get(f"{DRAFTS}/{draft}").status_code == 404
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 404
    moved(app, "manager-sun", DONGSHENG_MANAGER, ["manager"])
    assert [one["id"] for one in sun.get(DRAFTS).get_json()["items"]] == [draft]
    assert step(sun, draft, "review", {"decision": "pass"}).status_code == 200
    moved(app, "issuer-chen", "11150603MADEM0329T", ["issuer"])
    assert chen.get(DRAFTS).get_json()["items"] == []
    assert chen.get(f"{DRAFTS}/{draft}").status_code == 404
    assert step(chen, draft, "submission").status_code == 404
    foreign = chen.post(DRAFTS, {"code": "driving-licence", "content": food_content(app)})
    assert foreign.status_code == 403


@pytest.mark.parametrize("id_", ["0", "x", "-1", "9" * 30, "١"])
def test_what_is_no_id_is_not_found(shared_app: Flask, id_: str) -> None:
    chen = sign_in(shared_app, "issuer-chen")
    assert chen.get(f"{DRAFTS}/{id_}").status_code == 404
