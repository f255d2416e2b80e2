"""Role × route × owner: of another's object nobody is told anything, not even that it is there.

`ROUTES` has one line for each route that names an object, generated rules do the rest: whoever the guard does not
admit is refused by it, whoever it admits and may not know of the object gets 404, whoever may know gets an answer.
Routes without an object are asked whether they tell anybody of what is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.catalogue import food_content
from tests.support.items import item_content
from tests.support.licences import day
from tests.support.owners import SEES, TOLD, World
from tests.support.people import Machine
from tests.support.showing import IDENTITY
from wallet.web.guards import Guard, guard_of

WHOLE: Final = "whole"
"""Stands for the content of a catalogue entry."""
WHOLE_ITEM: Final = "whole item"
"""The same of a use item."""
COPY: Final = {
    "licence": "x",
    "purpose": "测试",
    "recipient": "测试",
    "valid_until": day(0),
}
SLIP: Final = {
    "seen_at": f"{day(0)}T00:00:00+08:00",
    "seen_by": "counter-wang",
    "seen": "看了原件",
    "served": True,
}
DELEGATION: Final = {
    "delegate": {"code": "150602199809214222", "name": "测试"},
    "licences": ["x"],
    "items": None,
    "ends_on": day(0),
}
DATES: Final = {"cleared_at": "2026-01-01T00:00:00+08:00"}


@dataclass(frozen=True)
class Line:
    """What a route names, with a body that would be taken from its owner; `form` says that a page sends it, `key` is an
    `Idempotency-Key`."""

    object: str
    body: dict[str, Any] = field(default_factory=dict)
    form: bool = False
    key: str = ""


PUBLIC: Final = {
    "GET /api/v1/catalogue/<code>",
    "GET /api/v1/catalogue/<code>/versions",
    "GET /api/v1/items/<code>",
    "GET /api/v1/items/<code>/versions",
    "GET /catalogue/<code>",
    "GET /items/<code>",
    "GET /sign-in/<who>",
    "GET /sign-in/<who>/callback",
    "GET /static/<path:filename>",
    "GET /status-lists/<int:number>",
}
"""What these name is everybody's."""
ROUTES: Final = {
    "GET /api/v1/catalogue-drafts/<draft_id>": Line("draft"),
    "PUT /api/v1/catalogue-drafts/<draft_id>": Line("draft", {"content": WHOLE}),
    "POST /api/v1/catalogue-drafts/<draft_id>/submission": Line("draft"),
    "POST /api/v1/catalogue-drafts/<draft_id>/review": Line("draft", {"decision": "pass"}),
    "POST /api/v1/catalogue-drafts/<draft_id>/publication": Line("draft"),
    "POST /api/v1/items/<code>/withdrawal": Line("item", {"reason": "不再办理"}),
    "GET /api/v1/item-drafts/<draft_id>": Line("item_draft"),
    "PUT /api/v1/item-drafts/<draft_id>": Line("item_draft", {"content": WHOLE_ITEM}),
    "POST /api/v1/item-drafts/<draft_id>/submission": Line("item_draft"),
    "POST /api/v1/item-drafts/<draft_id>/review": Line("item_draft", {"decision": "pass"}),
    "POST /api/v1/item-drafts/<draft_id>/publication": Line("item_draft"),
    "POST /api/v1/holdings/<look_up_id>/refusals": Line(
        "look_up", {"material": "食品经营许可证", "reason": "看不清", "basis": "第九条"}
    ),
    "GET /api/v1/desk-numbers/<number>": Line("number"),
    "DELETE /api/v1/desk-numbers/<number>": Line("number"),
    "GET /api/v1/force-majeure/<report_id>": Line("report"),
    "POST /api/v1/force-majeure/<report_id>/measures": Line("report", {"measure": "抢修"}),
    "POST /api/v1/force-majeure/<report_id>/clearance": Line("report", DATES),
    "POST /api/v1/force-majeure/<report_id>/closure": Line("report", {"backlog": 0}),
    "GET /api/v1/licence-batches/<batch_id>": Line("batch"),
    "GET /api/v1/licences/<identifier>": Line("licence"),
    "GET /api/v1/licences/<identifier>/deliveries": Line("licence"),
    "POST /api/v1/licences/<identifier>/status": Line(
        "licence", {"status": "suspended", "code": "2", "reason": "测试", "basis": "测试"}
    ),
    "GET /api/v1/reconciliations/<reconciliation_id>": Line("reconciliation"),
    "GET /api/v1/reviews/<identifier>": Line("review"),
    "POST /api/v1/reviews/<identifier>": Line("review", {"decision": "pass"}),
    "GET /api/v1/verifications/<verification_id>": Line("verification"),
    "POST /api/v1/verifications/<verification_id>/outcome": Line(
        "verification", {"outcome": "served"}
    ),
    "GET /api/v1/units/<code>": Line("unit"),
    "PATCH /api/v1/units/<code>": Line("unit", {"name": "改名"}),
    "POST /api/v1/units/<code>/closure": Line("unit"),
    "GET /api/v1/units/<code>/responsible-persons": Line("unit"),
    "POST /api/v1/units/<code>/responsible-persons": Line(
        "unit", {"login": "desk-zhao", "phone": "0477-8500003"}
    ),
    "GET /api/v1/grants/<grant_id>/traffic": Line("grant"),
    "GET /api/v1/assistances/<assistance_id>": Line("assistance"),
    "DELETE /api/v1/assistances/<assistance_id>": Line("assistance"),
    "POST /api/v1/assistances/<assistance_id>/copies": Line("assistance", COPY, key="k"),
    "GET /api/v1/assistances/<assistance_id>/copies": Line("assistance"),
    "POST /api/v1/assistances/<assistance_id>/copies/<serial>/revocation": Line(
        "assistance", {"reason": "遗失"}
    ),
    "GET /counter/<assistance_id>/copies": Line("assistance"),
    "POST /counter/<assistance_id>/copies/<serial>/revocation": Line("assistance", form=True),
    "POST /api/v1/assistances/<assistance_id>/freeze": Line("assistance"),
    "POST /api/v1/assistances/<assistance_id>/unfreeze": Line("assistance"),
    "GET /api/v1/assistances/<assistance_id>/delegations": Line("assistance"),
    "POST /api/v1/assistances/<assistance_id>/delegations": Line("assistance", DELEGATION),
    "DELETE /api/v1/assistances/<assistance_id>/delegations/<delegation_id>": Line("assistance"),
    "GET /api/v1/assistances/<assistance_id>/acts/<act_id>": Line("act"),
    "DELETE /api/v1/assistances/<assistance_id>/acts/<act_id>": Line("act"),
    "GET /api/v1/assistances/<assistance_id>/receipt": Line("assistance"),
    "GET /api/v1/assistances/<assistance_id>/desks/<number>": Line("house_desk"),
    "POST /api/v1/assistances/<assistance_id>/hand-overs": Line(
        "assistance", {"licences": ["1.2.3"], "number": "123456"}, key="k"
    ),
    "GET /api/v1/assistances/<assistance_id>/hand-overs/<hand_over_id>": Line("hand_over"),
    "POST /api/v1/assistances/<assistance_id>/hand-overs/<hand_over_id>/consent": Line(
        "hand_over", {"allow": True}
    ),
    "DELETE /api/v1/assistances/<assistance_id>/hand-overs/<hand_over_id>": Line("hand_over"),
    "GET /api/v1/assistances/<assistance_id>/receipt.pdf": Line("assistance"),
    "GET /counter/<assistance_id>/receipt": Line("assistance"),
    "GET /counter/<assistance_id>/receipt.pdf": Line("assistance"),
    "GET /api/v1/assistances/<assistance_id>/history": Line("assistance"),
    "POST /api/v1/assistances/<assistance_id>/history": Line("assistance"),
    "GET /counter/<assistance_id>/history": Line("assistance"),
    "POST /counter/<assistance_id>/history": Line("assistance", form=True),
    "POST /api/v1/desk-refusals/<report_id>/answer": Line("desk_refusal", {"answer": "已改正"}),
    "POST /manager/reports/<report_id>/answer": Line(
        "desk_refusal", {"answer": "已改正"}, form=True
    ),
    "POST /counter/<assistance_id>/freeze": Line("assistance", form=True),
    "POST /counter/<assistance_id>/unfreeze": Line("assistance", form=True),
    "GET /counter/<assistance_id>/delegations": Line("assistance"),
    "GET /counter/<assistance_id>/delegations/new": Line("assistance"),
    "POST /counter/<assistance_id>/delegations/new": Line("assistance", form=True),
    "POST /counter/<assistance_id>/delegations/<delegation_id>/end": Line("assistance", form=True),
    "POST /counter/<assistance_id>/acts/<act_id>/withdrawal": Line("act", form=True),
    "POST /api/v1/assistances/<assistance_id>/looks": Line("assistance", {"licence": "x"}),
    "POST /counter/<assistance_id>/kiosk": Line("assistance", {"number": "000000"}, form=True),
    "POST /counter/<assistance_id>/kiosk/end": Line("assistance", form=True),
    "POST /counter/<assistance_id>/face": Line("assistance", form=True),
    "GET /counter/<assistance_id>/report": Line("assistance"),
    "POST /counter/<assistance_id>/report": Line("assistance", form=True),
    "GET /counter/visits/<list_id>": Line("visit_list"),
    "POST /counter/visits/<list_id>/confirmation": Line("visit_list", form=True),
    "POST /counter/visits/<list_id>/<visit_id>": Line("visit", form=True),
    "POST /counter/visits/<list_id>/<visit_id>/strike": Line("visit", form=True),
    "GET /api/v1/visit-lists/<list_id>": Line("visit_list"),
    "POST /api/v1/visit-lists/<list_id>/confirmation": Line("visit_list"),
    "DELETE /api/v1/visit-lists/<list_id>/visits/<visit_id>": Line("visit"),
    "POST /api/v1/visit-lists/<list_id>/visits/<visit_id>/assistance": Line(
        "visit", {"evidence": {"kind": "card_seen"}}
    ),
    "GET /counter/slips/<block>.pdf": Line("slips"),
    "GET /api/v1/slip-blocks/<block>.pdf": Line("slips"),
    "POST /api/v1/slips/<number>/entry": Line("slip", SLIP),
    "POST /api/v1/slips/<number>/spoilt": Line("slip", {"reason": "写坏了"}),
    "GET /counter/confirmations/<act_id>": Line("confirmation"),
    "POST /counter/confirmations/<act_id>": Line(
        "confirmation", {"answer": "confirm", "seen": "0" * 32}, form=True
    ),
    "GET /api/v1/confirmations/<act_id>": Line("confirmation"),
    "POST /api/v1/confirmations/<act_id>": Line(
        "confirmation", {"answer": "confirm", "seen": "0" * 32}
    ),
    "GET /api/v1/copies/<serial>.pdf": Line("copy"),
    "POST /wallet/copies/<serial>/revocation": Line("copy", form=True),
    "GET /counter/<assistance_id>": Line("assistance"),
    "GET /counter/<assistance_id>/hand-over": Line("assistance"),
    "POST /counter/<assistance_id>/hand-over": Line("assistance", form=True),
    "GET /counter/<assistance_id>/hand-overs/<hand_over_id>": Line("hand_over"),
    "POST /counter/<assistance_id>/hand-overs/<hand_over_id>/consent": Line(
        "hand_over", {"allow": "1"}, form=True
    ),
    "POST /counter/<assistance_id>/hand-overs/<hand_over_id>/withdrawal": Line(
        "hand_over", form=True
    ),
    "POST /counter/<assistance_id>/end": Line("assistance", form=True),
    "GET /counter/<assistance_id>/copy": Line("assistance"),
    "POST /counter/<assistance_id>/copy": Line("assistance", COPY, form=True),
    "GET /counter/copies/<serial>": Line("copy"),
    "GET /counter/copies/<serial>.pdf": Line("copy"),
    "POST /api/v1/copies/<serial>/revocation": Line("copy", {"reason": "不再需要"}),
    "GET /api/v1/applications/<application_id>": Line("application"),
    "PUT /api/v1/applications/<application_id>": Line("application_draft", {"content": {}}),
    "POST /api/v1/applications/<application_id>/submission": Line("application_draft"),
    "POST /api/v1/applications/<application_id>/withdrawal": Line("application_draft"),
    "POST /api/v1/applications/<application_id>/proofs": Line("application_draft"),
    "GET /api/v1/applications/<application_id>/proofs/<proof_id>": Line("application_proof"),
    "DELETE /api/v1/applications/<application_id>/proofs/<proof_id>": Line("application_draft"),
    "POST /api/v1/applications/<application_id>/review": Line("application", {"decision": "pass"}),
    "POST /api/v1/applications/<application_id>/approval": Line(
        "application", {"decision": "approve"}
    ),
    "POST /api/v1/applications/<application_id>/filing": Line("application", {"measures": "专网"}),
    "POST /api/v1/applications/<application_id>/filing/answer": Line(
        "application", {"answer": "noted"}
    ),
    "PUT /api/v1/approval-rights/<unit>": Line("district", {"ends_on": None}),
    "DELETE /api/v1/approval-rights/<unit>": Line("district"),
    "GET /manager/applications/<application_id>": Line("application"),
    "POST /manager/applications/<application_id>": Line(
        "application_draft", {"withdraw": "1"}, form=True
    ),
    "POST /manager/applications/<application_id>/proofs": Line("application_draft", form=True),
    "GET /manager/applications/<application_id>/proofs/<proof_id>": Line("application_proof"),
    "POST /manager/applications/<application_id>/proofs/<proof_id>": Line(
        "application_draft", form=True
    ),
    "GET /manager/applications/<application_id>/decision": Line("application"),
    "POST /manager/applications/<application_id>/decision": Line(
        "application", {"decision": "noted"}, form=True
    ),
    "POST /manager/approval-rights/<unit>": Line("district", {"act": "open"}, form=True),
    "PUT /api/v1/grants/<grant_id>/suspension": Line("grant", {"reason": "测试"}),
    "DELETE /api/v1/grants/<grant_id>/suspension": Line("grant"),
    "PUT /api/v1/grants/<grant_id>/look-ups": Line("grant", {"may_look_up": False}),
    "PUT /api/v1/grants/<grant_id>/clients": Line("grant", {"clients": ["demo-relying"]}),
    "POST /api/v1/clients/<client_id>/secret": Line("client", {"overlap_days": 7}),
    "PUT /api/v1/clients/<client_id>/keys": Line("client", {"keys": []}),
    "DELETE /api/v1/clients/<client_id>": Line("client"),
    "GET /manager/clients/<client_id>": Line("client"),
    "GET /manager/clients/<client_id>/secret": Line("client"),
    "POST /manager/clients/<client_id>/secret": Line("client", {"overlap_days": "7"}, form=True),
    "GET /manager/clients/<client_id>/end": Line("client"),
    "POST /manager/clients/<client_id>/end": Line("client", form=True),
    "GET /manager/units/<code>/client": Line("unit"),
    "POST /manager/units/<code>/client": Line(
        "unit", {"name": "新系统", "roles": "relying"}, form=True
    ),
    "POST /manager/grants/<grant_id>/clients": Line(
        "grant", {"clients": "demo-relying"}, form=True
    ),
    "POST /api/v1/alerts/<alert_id>/closure": Line("alert"),
    "GET /api/v1/staff/<login>": Line("account"),
    "PATCH /api/v1/staff/<login>": Line("account", {"disabled": True}),
    "PATCH /api/v1/basis-documents/<code>": Line("basis", {"title": "改名"}),
    "GET /manager/basis/<code>": Line("document"),
    "GET /manager/basis/<code>/edit": Line("basis"),
    "POST /manager/basis/<code>/edit": Line("basis", {"title": "改名"}, form=True),
    "GET /api/v1/merchant-checks/<check_id>": Line("check"),
    "GET /api/v1/merchant-checks/<check_id>/result": Line("check"),
    "PUT /api/v1/merchant-checks/<check_id>/subscription": Line(
        "check", {"webhook": "https://example.com/"}
    ),
    "DELETE /api/v1/merchant-checks/<check_id>/subscription": Line("check"),
    "GET /api/v1/me/licences/<identifier>": Line("licence"),
    "GET /api/v1/me/licences/<identifier>.pdf": Line("licence"),
    "GET /api/v1/me/codes/<showing_id>": Line("showing"),
    "DELETE /api/v1/me/codes/<showing_id>": Line("showing"),
    "POST /api/v1/me/codes/<showing_id>/next": Line("showing"),
    "POST /api/v1/me/codes/<showing_id>/consent": Line("showing", {"allow": True}),
    "POST /api/v1/me/codes/<showing_id>/desk": Line("showing", {"number": "000000"}),
    "POST /api/v1/me/inbox/<entry_id>/read": Line("entry"),
    "GET /api/v1/me/delegations/<delegation_id>": Line("delegation"),
    "DELETE /api/v1/me/delegations/<delegation_id>": Line("delegation"),
    "POST /api/v1/me/delegations/<delegation_id>/answer": Line("delegation", {"accept": True}),
    "POST /api/v1/me/administrators/<administrator_id>/answer": Line(
        "administrator", {"accept": True}
    ),
    "DELETE /api/v1/me/administrators/<administrator_id>": Line("administrator"),
    "GET /wallet/<identifier>": Line("licence"),
    "GET /wallet/<identifier>.pdf": Line("licence"),
    "GET /wallet/code/<showing_id>": Line("showing"),
    "POST /wallet/code/<showing_id>/consent": Line("showing", {"allow": "1"}, form=True),
    "GET /wallet/code/<showing_id>/desk": Line("showing"),
    "POST /wallet/code/<showing_id>/desk": Line("showing", {"number": "000000"}, form=True),
    "POST /wallet/code/<showing_id>/withdraw": Line("showing", form=True),
    "POST /wallet/inbox/<entry_id>": Line("entry", form=True),
    "GET /wallet/delegations/<delegation_id>": Line("delegation"),
    "POST /wallet/delegations/<delegation_id>/answer": Line(
        "delegation", {"accept": "1"}, form=True
    ),
    "POST /wallet/delegations/<delegation_id>/end": Line("delegation", form=True),
    "POST /wallet/administrators/<administrator_id>/answer": Line(
        "administrator", {"accept": "1"}, form=True
    ),
    "GET /wallet/administrators/<administrator_id>/end": Line("administrator"),
    "POST /wallet/administrators/<administrator_id>/end": Line("administrator", form=True),
    "GET /issuer/licences/<identifier>": Line("licence"),
    "POST /issuer/licences/<identifier>": Line("licence", form=True),
    "GET /issuer/licences/<identifier>.pdf": Line("licence"),
    "GET /issuer/licences/<identifier>/status": Line("licence"),
    "POST /issuer/licences/<identifier>/status": Line("licence", {"code": "2"}, form=True),
    "GET /issuer/licences/<identifier>/review": Line("review"),
    "POST /issuer/licences/<identifier>/review": Line("review", {"decision": "pass"}, form=True),
    "GET /issuer/batches/<batch_id>": Line("batch"),
    "GET /issuer/batches/<batch_id>/errors.csv": Line("batch"),
    "GET /issuer/reconciliations/<reconciliation_id>": Line("reconciliation"),
    "GET /issuer/templates/<code>.<form>": Line("type"),
    "GET /issuer/force-majeure/<report_id>": Line("report"),
    "POST /issuer/force-majeure/<report_id>/measures": Line(
        "report", {"measure": "抢修"}, form=True
    ),
    "POST /issuer/force-majeure/<report_id>/clearance": Line("report", DATES, form=True),
    "POST /issuer/force-majeure/<report_id>/closure": Line("report", {"backlog": "0"}, form=True),
    "GET /issuer/catalogue/<draft_id>": Line("draft"),
    "POST /issuer/catalogue/<draft_id>": Line("draft", {"submit": "1"}, form=True),
    "GET /manager/catalogue/<draft_id>": Line("draft"),
    "GET /manager/items/<draft_id>": Line("item_draft"),
    "POST /manager/items/<draft_id>": Line("item_draft", {"submit": "1"}, form=True),
    "POST /manager/items/<draft_id>/decision": Line("item_draft", {"decision": "pass"}, form=True),
    "GET /manager/items/withdrawal/<code>": Line("item"),
    "POST /manager/items/withdrawal/<code>": Line("item", {"reason": "不再办理"}, form=True),
    "POST /manager/catalogue/<draft_id>": Line("draft", {"decision": "pass"}, form=True),
    "POST /manager/alerts/<alert_id>/closure": Line("alert", form=True),
    "GET /manager/grants/<grant_id>": Line("grant"),
    "POST /manager/grants/<grant_id>": Line("grant", {"act": "resume"}, form=True),
    "GET /manager/units/<code>": Line("unit"),
    "GET /manager/units/<code>/edit": Line("unit"),
    "POST /manager/units/<code>/edit": Line("unit", {"name": "改名"}, form=True),
    "GET /manager/units/<code>/close": Line("unit"),
    "POST /manager/units/<code>/close": Line("unit", form=True),
    "GET /manager/units/<code>/responsible": Line("unit"),
    "POST /manager/units/<code>/responsible": Line(
        "unit", {"login": "desk-zhao", "phone": "0477-8500003"}, form=True
    ),
    "GET /manager/units/<code>/staff": Line("unit"),
    "POST /manager/units/<code>/staff": Line(
        "unit", {"login": "desk-new", "name": "新来的", "roles": "desk"}, form=True
    ),
    "GET /manager/people/<login>": Line("account"),
    "GET /manager/people/<login>/edit": Line("account"),
    "POST /manager/people/<login>/edit": Line(
        "account", {"name": "改名", "roles": "counter"}, form=True
    ),
    "GET /manager/people/<login>/access": Line("account"),
    "POST /manager/people/<login>/access": Line("account", {"disabled": "1"}, form=True),
}
"""Route → what it names."""
NAMES: Final = {"form": "csv"}
"""Arguments that name no object."""


@pytest.fixture(scope="module")
def world(shared_app: Flask) -> World:
    """Everybody, and one object of each kind."""
    return World(shared_app)


def _rules(app: Flask) -> Iterator[tuple[str, Rule, Guard]]:
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        assert guard is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", rule, guard


def _call(
    world: World, name: str, method: str, path: str, line: Line | None = None
) -> TestResponse:
    caller = world.callers[name]
    headers = caller.headers if isinstance(caller, Machine) else caller._csrf()
    body: dict[str, Any] = {}
    if line is not None and method != "GET":
        sent = {
            key: food_content(world.app)
            if value == WHOLE
            else item_content(world.app, IDENTITY)
            if value == WHOLE_ITEM
            else value
            for key, value in line.body.items()
        }
        body = {"data": sent} if line.form else {"json": sent}
    if line is not None and line.key:
        headers = {**headers, "Idempotency-Key": line.key}
    headers = {**headers, "Accept": "application/json" if path.startswith("/api/") else "text/html"}
    return caller.http.open(path, method=method, headers=headers, **body)


def test_every_route_that_names_an_object_is_placed(shared_app: Flask) -> None:
    named = {route for route, rule, _guard in _rules(shared_app) if rule.arguments}
    assert named - PUBLIC == ROUTES.keys()
    assert named >= PUBLIC


def test_what_is_public_asks_for_nobody(shared_app: Flask) -> None:
    guards = {route: guard for route, _rule, guard in _rules(shared_app)}
    assert not any(guards[route].admitted for route in PUBLIC)
    assert all(guards[route].admitted for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_strangers_are_told_nothing(shared_app: Flask, world: World, route: str) -> None:
    line, method = ROUTES[route], route.partition(" ")[0]
    owned, sees = world.object(line.object), SEES[line.object]
    rule, guard = next((rule, guard) for one, rule, guard in _rules(shared_app) if one == route)
    path = rule.build(
        {one: NAMES.get(one, owned.also.get(one, owned.name)) for one in rule.arguments}
    )[1]  # type: ignore[index]
    reached = 0
    for name in world.callers:
        admitted = world.admits(guard, name)
        if admitted and name in sees:
            reached += 1
            if method == "GET":
                answer = _call(world, name, method, path)
                assert answer.status_code == 200, (name, answer.text)
            continue
        answer = _call(world, name, method, path, line)
        expected = 404 if admitted else 401 if name == "nobody" else 403
        assert answer.status_code == expected, (name, answer.text)
        assert not [secret for secret in owned.secrets if secret in _said(answer, path)], name
    assert reached, "nobody who may know of it passes the guard"


def test_a_route_that_names_nothing_refuses_every_other_role(
    shared_app: Flask, world: World
) -> None:
    secrets = [secret for kind in SEES for secret in world.object(kind).secrets]
    asked = 0
    for route, rule, guard in _rules(shared_app):
        if rule.arguments or not guard.admitted:
            continue
        for name in world.callers:
            if world.admits(guard, name):
                continue
            answer = _call(world, name, route.partition(" ")[0], rule.rule)
            asked += 1
            assert answer.status_code == (401 if name == "nobody" else 403), (route, name)
            assert not [secret for secret in secrets if secret in answer.text], (route, name)
    assert asked > 1000


def test_no_list_tells_of_what_is_not_theirs(shared_app: Flask, world: World) -> None:
    asked = 0
    objects = {kind: world.object(kind) for kind in SEES}
    for route, rule, guard in _rules(shared_app):
        if rule.arguments or not route.startswith("GET ") or not guard.admitted:
            continue
        for name in world.callers:
            if not world.admits(guard, name):
                continue
            text = _call(world, name, "GET", rule.rule).text
            asked += 1
            for kind, owned in objects.items():
                told = [secret for secret in owned.secrets if secret in text]
                assert not told or name in SEES[kind] | TOLD.get(kind, set()), (route, name, kind)
    assert asked > 100


def test_whoever_asked_in_vain_changed_nothing(shared_app: Flask, world: World) -> None:
    looks = {
        "licence": ("issuing", f"/api/v1/licences/{world.object('licence').name}"),
        "showing": ("li", f"/api/v1/me/codes/{world.object('showing').name}"),
        "delegation": ("elder", f"/api/v1/me/delegations/{world.object('delegation').name}"),
        "draft": ("issuer", f"/api/v1/catalogue-drafts/{world.object('draft').name}"),
        "item": ("manager", f"/api/v1/items/{world.object('item').name}"),
        "item_draft": ("manager", f"/api/v1/item-drafts/{world.object('item_draft').name}"),
        "report": ("issuer", f"/api/v1/force-majeure/{world.object('report').name}"),
        "unit": ("manager", f"/api/v1/units/{world.object('unit').name}"),
        "account": ("manager", f"/api/v1/staff/{world.object('account').name}"),
        "review": ("issuer", f"/api/v1/reviews/{world.object('review').name}"),
        "number": ("li", f"/api/v1/desk-numbers/{world.object('number').name}"),
        "check": ("platform", f"/api/v1/merchant-checks/{world.object('check').name}"),
    }

    def seen() -> dict[str, Any]:
        answers = {kind: _call(world, name, "GET", path) for kind, (name, path) in looks.items()}
        assert {answer.status_code for answer in answers.values()} == {200}
        found = {kind: answer.get_json() for kind, answer in answers.items()}
        for body in found.values():
            body.pop("server_time", None)
        return found

    before = seen()
    for route, rule, guard in _rules(shared_app):
        if route.startswith("GET ") or route not in ROUTES:
            continue
        line = ROUTES[route]
        path = rule.build(dict.fromkeys(rule.arguments, world.object(line.object).name))[1]  # type: ignore[index]
        for name in world.callers:
            if not (world.admits(guard, name) and name in SEES[line.object]):
                _call(world, name, route.partition(" ")[0], path, line)
    assert seen() == before


def _said(answer: TestResponse, path: str) -> str:
    """What an answer says beyond the address that was asked for, which a page leads back to."""
    return answer.text.replace(path, "")
