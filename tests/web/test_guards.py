"""Every route declares who may call it, and nobody else gets past."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.support.numbers import draw
from tests.support.people import Machine, Visitor, machine, sign_in
from tests.support.shared import deps_of
from wallet.errors import NotPermitted
from wallet.web.guards import guard_of

CALLERS: Final = (
    "anonymous",
    "holder",
    "desk",
    "bank",
    "counter",
    "issuer",
    "manager",
    "issuing",
    "relying",
    "platform",
)
PUBLIC: Final = {
    "GET /api/v1/catalogue",
    "GET /api/v1/catalogue/<code>",
    "GET /api/v1/catalogue/<code>/versions",
    "GET /api/v1/items",
    "GET /api/v1/items/<code>",
    "GET /api/v1/items/<code>/versions",
    "POST /api/v1/public/verifications",
    "POST /api/v1/delivery-receipts",
    "GET /api/v1/basis-documents",
}
HOLDER: Final = {
    "GET /api/v1/me/licences",
    "GET /api/v1/me/licences/<identifier>",
    "GET /api/v1/me/licences/<identifier>.pdf",
    "POST /api/v1/me/codes",
    "POST /api/v1/me/codes/<showing_id>/next",
    "GET /api/v1/me/codes/<showing_id>",
    "POST /api/v1/me/codes/<showing_id>/consent",
    "POST /api/v1/me/codes/<showing_id>/desk",
    "GET /api/v1/desk-numbers/<number>",
    "GET /api/v1/me/freeze",
    "POST /api/v1/me/freeze",
    "POST /api/v1/me/unfreeze",
    "DELETE /api/v1/me/codes/<showing_id>",
    "GET /api/v1/me/uses",
    "GET /api/v1/me/inbox",
    "POST /api/v1/me/inbox/<entry_id>/read",
    "GET /api/v1/me/administrators",
    "POST /api/v1/me/administrators",
    "POST /api/v1/me/administrators/<administrator_id>/answer",
    "DELETE /api/v1/me/administrators/<administrator_id>",
    "GET /api/v1/me/delegations",
    "POST /api/v1/me/delegations",
    "GET /api/v1/me/delegations/<delegation_id>",
    "DELETE /api/v1/me/delegations/<delegation_id>",
    "POST /api/v1/me/delegations/<delegation_id>/answer",
}
PLATFORM: Final = {
    "POST /api/v1/merchant-checks",
    "GET /api/v1/merchant-checks/<check_id>",
    "GET /api/v1/merchant-checks/<check_id>/result",
    "PUT /api/v1/merchant-checks/<check_id>/subscription",
    "DELETE /api/v1/merchant-checks/<check_id>/subscription",
}
DESK: Final = {
    "POST /api/v1/verifications",
    "GET /api/v1/verifications/<verification_id>",
    "POST /api/v1/verifications/<verification_id>/outcome",
    "POST /api/v1/offline-verifications",
    "POST /api/v1/desk-numbers",
    "POST /api/v1/desk-numbers/next",
    "DELETE /api/v1/desk-numbers/<number>",
    "POST /api/v1/holdings",
    "POST /api/v1/holdings/<look_up_id>/refusals",
}
UNIT: Final = {
    "POST /api/v1/force-majeure",
    "POST /api/v1/force-majeure/<report_id>/measures",
    "POST /api/v1/force-majeure/<report_id>/clearance",
    "POST /api/v1/force-majeure/<report_id>/closure",
    "POST /api/v1/coverage",
}
UNIT_AND_ABOVE: Final = {
    "GET /api/v1/force-majeure",
    "GET /api/v1/force-majeure/<report_id>",
    "GET /api/v1/late-licences",
    "GET /api/v1/coverage",
    "GET /api/v1/coverage.csv",
}
MANAGING: Final = {
    "GET /api/v1/units",
    "POST /api/v1/units",
    "GET /api/v1/units/<code>",
    "PATCH /api/v1/units/<code>",
    "POST /api/v1/units/<code>/closure",
    "GET /api/v1/units/<code>/responsible-persons",
    "POST /api/v1/units/<code>/responsible-persons",
    "GET /api/v1/staff",
    "POST /api/v1/staff",
    "GET /api/v1/staff/<login>",
    "PATCH /api/v1/staff/<login>",
    "POST /api/v1/basis-documents",
    "GET /api/v1/grants",
    "GET /api/v1/grants/<grant_id>/traffic",
    "PUT /api/v1/grants/<grant_id>/suspension",
    "DELETE /api/v1/grants/<grant_id>/suspension",
    "GET /api/v1/alerts",
    "GET /api/v1/holding-refusals",
    "POST /api/v1/alerts/<alert_id>/closure",
    "GET /api/v1/suspension-rule",
    "PUT /api/v1/suspension-rule",
    "GET /api/v1/clients",
    "POST /api/v1/clients",
    "POST /api/v1/clients/<client_id>/secret",
    "PUT /api/v1/clients/<client_id>/keys",
    "DELETE /api/v1/clients/<client_id>",
    "PUT /api/v1/grants/<grant_id>/clients",
    "PUT /api/v1/grants/<grant_id>/look-ups",
    "PATCH /api/v1/basis-documents/<code>",
}
RESPONSIBLE: Final = {
    "GET /api/v1/notices",
    "GET /api/v1/applications",
    "POST /api/v1/applications",
    "GET /api/v1/applications/<application_id>",
    "PUT /api/v1/applications/<application_id>",
    "POST /api/v1/applications/<application_id>/proofs",
    "GET /api/v1/applications/<application_id>/proofs/<proof_id>",
    "DELETE /api/v1/applications/<application_id>/proofs/<proof_id>",
    "POST /api/v1/applications/<application_id>/submission",
    "POST /api/v1/applications/<application_id>/withdrawal",
    "GET /api/v1/clients",
    "DELETE /api/v1/clients/<client_id>",
    "POST /api/v1/clients/<client_id>/secret",
    "PUT /api/v1/clients/<client_id>/keys",
    "GET /api/v1/item-drafts",
    "POST /api/v1/item-drafts",
    "GET /api/v1/item-drafts/<draft_id>",
    "PUT /api/v1/item-drafts/<draft_id>",
    "POST /api/v1/item-drafts/<draft_id>/submission",
    "GET /api/v1/staff",
    "POST /api/v1/staff",
    "GET /api/v1/staff/<login>",
    "PATCH /api/v1/staff/<login>",
    "GET /api/v1/units",
    "GET /api/v1/units/<code>",
    "GET /api/v1/units/<code>/responsible-persons",
    "POST /api/v1/units/<code>/responsible-persons",
}
"""What the responsible person of a unit passes too, as the one at the desk of the bank is."""
_PASSES: Final[dict[str, set[str]]] = {
    **{route: {"issuer", "issuing"} for route in UNIT},
    **{route: {"issuer", "issuing", "manager"} for route in UNIT_AND_ABOVE},
    **{route: set(CALLERS) for route in PUBLIC},
    **{route: {"holder"} for route in HOLDER},
    **{route: {"platform"} for route in PLATFORM},
    **{route: {"desk", "bank", "relying"} for route in DESK},
    "POST /api/v1/desk/lock": {"desk", "bank"},
    "GET /api/v1/notices": {"manager", "relying"},
    "GET /api/v1/me": set(CALLERS) - {"anonymous"},
    "POST /api/v1/reconciliations": {"issuing"},
    "GET /api/v1/reconciliations/<reconciliation_id>": {"issuing"},
    "POST /api/v1/licence-batches": {"issuing"},
    "GET /api/v1/licence-batches/<batch_id>": {"issuing", "issuer"},
    "POST /api/v1/licences": {"issuing"},
    "POST /api/v1/licences/<identifier>/status": {"issuing"},
    "GET /api/v1/licences/<identifier>": {"issuing"},
    "GET /api/v1/catalogue-drafts": {"issuer", "issuing", "manager"},
    "POST /api/v1/catalogue-drafts": {"issuer", "issuing"},
    "GET /api/v1/catalogue-drafts/<draft_id>": {"issuer", "issuing", "manager"},
    "PUT /api/v1/catalogue-drafts/<draft_id>": {"issuer", "issuing"},
    "POST /api/v1/catalogue-drafts/<draft_id>/submission": {"issuer", "issuing"},
    "POST /api/v1/catalogue-drafts/<draft_id>/review": {"manager"},
    "POST /api/v1/catalogue-drafts/<draft_id>/publication": {"manager"},
    "POST /api/v1/items/<code>/withdrawal": {"manager"},
    "GET /api/v1/item-drafts": {"manager"},
    "POST /api/v1/item-drafts": set(),
    "GET /api/v1/item-drafts/<draft_id>": {"manager"},
    "PUT /api/v1/item-drafts/<draft_id>": set(),
    "POST /api/v1/item-drafts/<draft_id>/submission": set(),
    "POST /api/v1/item-drafts/<draft_id>/review": {"manager"},
    "POST /api/v1/item-drafts/<draft_id>/publication": {"manager"},
    **{route: {"manager"} for route in MANAGING},
    "GET /api/v1/applications": {"manager"},
    "POST /api/v1/applications": set(),
    "GET /api/v1/applications/<application_id>": {"manager"},
    "PUT /api/v1/applications/<application_id>": set(),
    "POST /api/v1/applications/<application_id>/submission": set(),
    "POST /api/v1/applications/<application_id>/withdrawal": set(),
    "POST /api/v1/applications/<application_id>/proofs": set(),
    "GET /api/v1/applications/<application_id>/proofs/<proof_id>": {"manager"},
    "DELETE /api/v1/applications/<application_id>/proofs/<proof_id>": set(),
    "POST /api/v1/applications/<application_id>/review": {"manager"},
    "POST /api/v1/applications/<application_id>/approval": {"manager"},
    "POST /api/v1/applications/<application_id>/filing": {"manager"},
    "POST /api/v1/applications/<application_id>/filing/answer": {"manager"},
    "GET /api/v1/approval-rights": {"manager"},
    "PUT /api/v1/approval-rights/<unit>": {"manager"},
    "DELETE /api/v1/approval-rights/<unit>": {"manager"},
    "POST /api/v1/assistances": {"counter"},
    "GET /api/v1/assistances/<assistance_id>": {"counter"},
    "DELETE /api/v1/assistances/<assistance_id>": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/copies": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/copies": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/copies/<serial>/revocation": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/freeze": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/unfreeze": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/delegations": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/delegations": {"counter"},
    "DELETE /api/v1/assistances/<assistance_id>/delegations/<delegation_id>": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/acts/<act_id>": {"counter"},
    "DELETE /api/v1/assistances/<assistance_id>/acts/<act_id>": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/receipt": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/desks/<number>": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/hand-overs": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/hand-overs/<hand_over_id>": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/hand-overs/<hand_over_id>/consent": {"counter"},
    "DELETE /api/v1/assistances/<assistance_id>/hand-overs/<hand_over_id>": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/receipt.pdf": {"counter"},
    "GET /api/v1/assistances/<assistance_id>/history": {"counter"},
    "POST /api/v1/assistances/<assistance_id>/history": {"counter"},
    "GET /api/v1/desk-refusals": {"counter", "holder", "manager"},
    "POST /api/v1/desk-refusals": {"counter", "holder"},
    "POST /api/v1/desk-refusals/<report_id>/answer": {"manager"},
    "POST /api/v1/assistances/<assistance_id>/looks": {"counter"},
    "POST /api/v1/visit-lists": {"counter"},
    "GET /api/v1/visit-lists": {"counter"},
    "GET /api/v1/visit-lists/<list_id>": {"counter"},
    "POST /api/v1/visit-lists/<list_id>/confirmation": {"counter"},
    "DELETE /api/v1/visit-lists/<list_id>/visits/<visit_id>": {"counter"},
    "POST /api/v1/visit-lists/<list_id>/visits/<visit_id>/assistance": {"counter"},
    "POST /api/v1/slip-blocks": {"counter"},
    "GET /api/v1/slip-blocks": {"counter", "manager"},
    "GET /api/v1/slip-blocks/<block>.pdf": {"counter"},
    "POST /api/v1/slips/<number>/entry": {"counter"},
    "POST /api/v1/slips/<number>/spoilt": {"counter"},
    "GET /api/v1/confirmations": {"counter"},
    "GET /api/v1/confirmations/<act_id>": {"counter"},
    "POST /api/v1/confirmations/<act_id>": {"counter"},
    "GET /api/v1/copies/<serial>.pdf": {"counter"},
    "POST /api/v1/copies/<serial>/revocation": {"counter", "holder"},
    "GET /api/v1/me/copies": {"holder"},
    "GET /api/v1/reviews": {"issuer"},
    "GET /api/v1/reviews/<identifier>": {"issuer"},
    "POST /api/v1/reviews/<identifier>": {"issuer"},
    "GET /api/v1/licences/<identifier>/deliveries": {"issuing"},
}
PASSES: Final = {
    route: names | ({"bank"} if route in RESPONSIBLE else set()) for route, names in _PASSES.items()
}
"""API route → who passes its guard; whoever passes then meets the rules of the journey."""
PERSONAL: Final = ("李明", "王秀英", "150602199003077513", "Traceback", 'File "')


def _routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def _path(rule: Rule) -> str:
    return rule.build(dict.fromkeys(rule.arguments, "x"))[1]  # type: ignore[index]


@pytest.fixture(scope="module")
def callers(shared_app: Flask) -> dict[str, Visitor | Machine]:
    """One of each kind, signed in."""
    data = deps_of(shared_app).config.data
    return {
        "anonymous": Visitor(shared_app),
        "holder": sign_in(shared_app, "holder-li"),
        "desk": sign_in(shared_app, "desk-zhao"),
        "bank": sign_in(shared_app, "desk-bank"),
        "counter": sign_in(shared_app, "counter-wang"),
        "issuer": sign_in(shared_app, "issuer-chen"),
        "manager": sign_in(shared_app, "manager-sun"),
        "issuing": machine(shared_app, data, "issuer"),
        "relying": machine(shared_app, data, "relying"),
        "platform": machine(shared_app, data, "platform"),
    }


def _call(caller: Visitor | Machine, method: str, path: str) -> Any:
    headers = caller.headers if isinstance(caller, Machine) else caller._csrf()
    body: dict[str, str] | None = None if method == "GET" else {}
    return caller.http.open(path, method=method, json=body, headers=headers)


def test_every_route_declares_its_guard(shared_app: Flask) -> None:
    views = shared_app.view_functions
    assert len(views) > 20
    assert [name for name, view in views.items() if guard_of(view) is None] == []


def test_the_table_of_this_test_names_every_route_of_the_api(shared_app: Flask) -> None:
    routes = {f"{method} {rule.rule}" for rule, method in _routes(shared_app)}
    assert {route for route in routes if " /api/v1/" in route} == PASSES.keys()


def test_a_view_without_a_guard_is_refused(own_app: Flask) -> None:
    own_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = own_app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert answer.get_json()["slug"] == "not_permitted"
    assert NotPermitted.__name__ not in answer.text


@pytest.mark.parametrize("name", CALLERS)
def test_nobody_gets_past_a_guard_of_another(
    shared_app: Flask, callers: dict[str, Visitor | Machine], name: str
) -> None:
    for rule, method in _routes(shared_app):
        route = f"{method} {rule.rule}"
        if route not in PASSES:
            continue
        answer = _call(callers[name], method, _path(rule))
        if name in PASSES[route]:
            assert answer.status_code in (200, 201, 204, 404, 415, 422), (route, answer.text)
        else:
            expected = 401 if name == "anonymous" else 403
            assert answer.status_code == expected, (route, answer.text)
            slug = "not_signed_in" if name == "anonymous" else "not_permitted"
            assert answer.get_json()["slug"] == slug
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json", route
            assert not [word for word in PERSONAL if word in answer.text], route


@pytest.mark.parametrize("name", ["anonymous", "holder", "desk", "counter", "issuer", "issuing"])
def test_pages_refuse_others_with_a_page_that_says_nothing_more(
    shared_app: Flask, callers: dict[str, Visitor | Machine], name: str
) -> None:
    passes = {"/desk": {"desk"}, "/desk/handover": {"desk"}, "/wallet": {"holder"}, "/wallet/x": {"holder"},
              "/wallet/inbox": {"holder"}, "/wallet/uses": {"holder"},
              "/wallet/administrators": {"holder"}, "/wallet/administrators/new": {"holder"},
              "/wallet/administrators/x/end": {"holder"},
              "/wallet/delegations": {"holder"}, "/wallet/delegations/new": {"holder"},
              "/wallet/delegations/ended": {"holder"}, "/wallet/delegations/x": {"holder"},
              "/wallet/freeze": {"holder"}, "/issuer": {"issuer"},
              "/issuer/licences": {"issuer"}, "/issuer/batches": {"issuer"},
              "/issuer/late": {"issuer"}, "/issuer/coverage": {"issuer"},
              "/issuer/force-majeure": {"issuer"}, "/issuer/force-majeure/new": {"issuer"},
              "/issuer/force-majeure/x": {"issuer"}, "/issuer/reconciliations/x": {"issuer"},
              "/issuer/catalogue": {"issuer"}, "/issuer/catalogue/new": {"issuer"},
              "/manager/units": set(), "/manager/units/new": set(), "/manager/people": set(), "/manager/basis": set(), "/manager/grants": set(), "/manager/papers": set(), "/manager/reports": set(), "/wallet/reports": {"holder"}, "/manager/notices": set(), "/manager/clients": set(), "/manager/suspension-rule": set(), "/manager/items": set(),
              "/counter": {"counter"}, "/counter/revocation": {"counter"}, "/counter/slips": {"counter"}, "/counter/visits": {"counter"}, "/counter/confirmations": {"counter"}, "/counter/confirmations/x": {"counter"}, "/manager/applications": set(), "/manager/applications/new": set(), "/manager/applications/1": set(), "/manager/approval-rights": set(),
              "/manager": set(), "/manager/catalogue": set(), "/manager/catalogue/1": set()}  # fmt: skip
    caller = callers[name]
    headers = caller.headers if isinstance(caller, Machine) else {}
    for path, allowed in passes.items():
        answer = caller.http.get(path, headers={**headers, "Accept": "text/html"})
        if name in allowed:
            assert answer.status_code == (404 if path.endswith(("/x", "/x/end")) else 200)
        else:
            assert answer.status_code == (401 if name == "anonymous" else 403)
            assert not [word for word in PERSONAL if word in answer.text]


def test_another_holders_showing_and_licence_are_not_found(app: Flask) -> None:
    owner, stranger = sign_in(app, "holder-li"), sign_in(app, "holder-company")
    identifier = next(
        entry["identifier"]
        for entry in owner.get("/api/v1/me/licences").get_json()["items"]
        if entry["status"] == "valid"
    )
    showing = owner.post("/api/v1/me/codes", {"licences": [identifier]}).get_json()["id"]
    number = draw(sign_in(app, "desk-zhao"))
    refused = [
        stranger.get(f"/api/v1/me/licences/{identifier}"),
        stranger.get(f"/api/v1/me/licences/{identifier}.pdf"),
        stranger.post("/api/v1/me/codes", {"licences": [identifier]}),
        stranger.get(f"/api/v1/me/codes/{showing}"),
        stranger.post(f"/api/v1/me/codes/{showing}/next"),
        stranger.post(f"/api/v1/me/codes/{showing}/consent", {"allow": True}),
        stranger.post(f"/api/v1/me/codes/{showing}/desk", {"number": number}),
        stranger.delete(f"/api/v1/me/codes/{showing}"),
        stranger.get(f"/wallet/{identifier}"),
    ]
    assert [answer.status_code for answer in refused] == [404] * len(refused)
    assert owner.get(f"/api/v1/me/codes/{showing}").get_json()["state"] == "waiting"
