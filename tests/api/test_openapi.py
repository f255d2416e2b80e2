"""The OpenAPI document says what the API does, errors included, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask

METHODS: Final = ("get", "post", "put", "patch", "delete")
PROBLEM: Final = "application/problem+json"
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def document(shared_app: Flask) -> dict[str, Any]:
    """The published document."""
    answer = shared_app.test_client().get("/api/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    members: dict[str, Any] = answer.get_json()
    return members


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, members in document["paths"].items():
        for method in METHODS:
            if method in members:
                yield path, method, members[method]


def _resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for name in node["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        node = target
    return node


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_it_names_every_route_of_the_api_and_no_other(
    shared_app: Flask, document: dict[str, Any]
) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in shared_app.url_map.iter_rules()
        if rule.rule.startswith(("/api/v1/", "/oauth/", "/.well-known/", "/status-lists/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {(path, method) for path, method, _ in _operations(document)}
    assert documented == routes
    assert len(routes) > 12


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        assert operation.get("summary", "").strip(), (method, path)


def test_every_parameter_of_a_path_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        shared = document["paths"][path].get("parameters", [])
        described = {
            parameter["name"]
            for parameter in (_resolve(document, node) for node in
                              [*shared, *operation.get("parameters", [])])
            if parameter["in"] == "path"
        }  # fmt: skip
        assert described == set(re.findall(r"{(\w+)}", path)), (method, path)


def test_every_operation_documents_its_errors_as_problems(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        assert "default" in operation["responses"], (method, path)
        for status, node in operation["responses"].items():
            response = _resolve(document, node)
            if status != "default" and int(status) < 400:
                assert PROBLEM not in response.get("content", {})
                continue
            assert list(response["content"]) == [PROBLEM], (method, path, status)
            schema = _resolve(document, response["content"][PROBLEM]["schema"])
            assert set(schema["required"]) == {"type", "title", "status", "detail", "slug"}


def test_every_operation_with_a_body_documents_it(document: dict[str, Any]) -> None:
    bodies = {
        path for path, _method, operation in _operations(document) if "requestBody" in operation
    }
    assert bodies == {
        "/oauth/token",
        "/api/v1/applications",
        "/api/v1/applications/{application_id}",
        "/api/v1/applications/{application_id}/proofs",
        "/api/v1/applications/{application_id}/review",
        "/api/v1/applications/{application_id}/approval",
        "/api/v1/applications/{application_id}/filing",
        "/api/v1/applications/{application_id}/filing/answer",
        "/api/v1/approval-rights/{unit}",
        "/api/v1/assistances",
        "/api/v1/assistances/{assistance_id}/copies",
        "/api/v1/assistances/{assistance_id}/copies/{serial}/revocation",
        "/api/v1/assistances/{assistance_id}/delegations",
        "/api/v1/assistances/{assistance_id}/history",
        "/api/v1/confirmations/{act_id}",
        "/api/v1/assistances/{assistance_id}/hand-overs",
        "/api/v1/assistances/{assistance_id}/hand-overs/{hand_over_id}/consent",
        "/api/v1/assistances/{assistance_id}/looks",
        "/api/v1/visit-lists",
        "/api/v1/visit-lists/{list_id}/visits/{visit_id}/assistance",
        "/api/v1/slip-blocks",
        "/api/v1/slips/{number}/entry",
        "/api/v1/slips/{number}/spoilt",
        "/api/v1/copies/{serial}/revocation",
        "/api/v1/basis-documents",
        "/api/v1/basis-documents/{code}",
        "/api/v1/delivery-receipts",
        "/api/v1/desk-refusals",
        "/api/v1/desk-refusals/{report_id}/answer",
        "/api/v1/coverage",
        "/api/v1/desk/lock",
        "/api/v1/force-majeure",
        "/api/v1/force-majeure/{report_id}/clearance",
        "/api/v1/force-majeure/{report_id}/closure",
        "/api/v1/force-majeure/{report_id}/measures",
        "/api/v1/licence-batches",
        "/api/v1/merchant-checks",
        "/api/v1/merchant-checks/{check_id}/subscription",
        "/api/v1/licences",
        "/api/v1/licences/{identifier}/status",
        "/api/v1/reviews/{identifier}",
        "/api/v1/catalogue-drafts",
        "/api/v1/catalogue-drafts/{draft_id}",
        "/api/v1/catalogue-drafts/{draft_id}/review",
        "/api/v1/item-drafts",
        "/api/v1/item-drafts/{draft_id}",
        "/api/v1/item-drafts/{draft_id}/publication",
        "/api/v1/item-drafts/{draft_id}/review",
        "/api/v1/items/{code}/withdrawal",
        "/api/v1/me/administrators",
        "/api/v1/me/administrators/{administrator_id}/answer",
        "/api/v1/me/codes",
        "/api/v1/me/delegations",
        "/api/v1/me/delegations/{delegation_id}/answer",
        "/api/v1/me/codes/{showing_id}/consent",
        "/api/v1/me/codes/{showing_id}/desk",
        "/api/v1/desk-numbers",
        "/api/v1/desk-numbers/next",
        "/api/v1/offline-verifications",
        "/api/v1/public/verifications",
        "/api/v1/reconciliations",
        "/api/v1/staff",
        "/api/v1/staff/{login}",
        "/api/v1/clients",
        "/api/v1/clients/{client_id}/secret",
        "/api/v1/clients/{client_id}/keys",
        "/api/v1/holdings",
        "/api/v1/holdings/{look_up_id}/refusals",
        "/api/v1/grants/{grant_id}/clients",
        "/api/v1/grants/{grant_id}/look-ups",
        "/api/v1/grants/{grant_id}/suspension",
        "/api/v1/suspension-rule",
        "/api/v1/units",
        "/api/v1/units/{code}",
        "/api/v1/units/{code}/responsible-persons",
        "/api/v1/verifications",
        "/api/v1/verifications/{verification_id}/outcome",
    }


PERSON_READS: Final[dict[str, list[str]]] = {"session": []}
PERSON_WRITES: Final[dict[str, list[str]]] = {"session": [], "csrf": []}
CLIENT: Final[dict[str, list[str]]] = {"client": []}
SECURITY: Final = {
    "post /api/v1/assistances": [PERSON_WRITES],
    "get /api/v1/assistances/{assistance_id}": [PERSON_READS],
    "delete /api/v1/assistances/{assistance_id}": [PERSON_WRITES],
    "post /api/v1/assistances/{assistance_id}/copies": [PERSON_WRITES],
    "get /api/v1/assistances/{assistance_id}/copies": [PERSON_READS],
    "post /api/v1/assistances/{assistance_id}/copies/{serial}/revocation": [PERSON_WRITES],
    "post /api/v1/assistances/{assistance_id}/freeze": [PERSON_WRITES],
    "post /api/v1/assistances/{assistance_id}/unfreeze": [PERSON_WRITES],
    "get /api/v1/assistances/{assistance_id}/delegations": [PERSON_READS],
    "post /api/v1/assistances/{assistance_id}/delegations": [PERSON_WRITES],
    "delete /api/v1/assistances/{assistance_id}/delegations/{delegation_id}": [PERSON_WRITES],
    "get /api/v1/assistances/{assistance_id}/acts/{act_id}": [PERSON_READS],
    "delete /api/v1/assistances/{assistance_id}/acts/{act_id}": [PERSON_WRITES],
    "get /api/v1/assistances/{assistance_id}/history": [PERSON_READS],
    "post /api/v1/assistances/{assistance_id}/history": [PERSON_WRITES],
    "get /api/v1/assistances/{assistance_id}/receipt": [PERSON_READS],
    "get /api/v1/assistances/{assistance_id}/receipt.pdf": [PERSON_READS],
    "get /api/v1/assistances/{assistance_id}/desks/{number}": [PERSON_READS],
    "post /api/v1/assistances/{assistance_id}/hand-overs": [PERSON_WRITES],
    "get /api/v1/assistances/{assistance_id}/hand-overs/{hand_over_id}": [PERSON_READS],
    "delete /api/v1/assistances/{assistance_id}/hand-overs/{hand_over_id}": [PERSON_WRITES],
    "post /api/v1/assistances/{assistance_id}/hand-overs/{hand_over_id}/consent": [PERSON_WRITES],
    "post /api/v1/assistances/{assistance_id}/looks": [PERSON_WRITES],
    "post /api/v1/visit-lists": [PERSON_WRITES],
    "get /api/v1/visit-lists": [PERSON_READS],
    "get /api/v1/visit-lists/{list_id}": [PERSON_READS],
    "post /api/v1/visit-lists/{list_id}/confirmation": [PERSON_WRITES],
    "delete /api/v1/visit-lists/{list_id}/visits/{visit_id}": [PERSON_WRITES],
    "post /api/v1/visit-lists/{list_id}/visits/{visit_id}/assistance": [PERSON_WRITES],
    "post /api/v1/slip-blocks": [PERSON_WRITES],
    "get /api/v1/slip-blocks": [PERSON_READS],
    "get /api/v1/slip-blocks/{block}.pdf": [PERSON_READS],
    "post /api/v1/slips/{number}/entry": [PERSON_WRITES],
    "post /api/v1/slips/{number}/spoilt": [PERSON_WRITES],
    "get /api/v1/confirmations": [PERSON_READS],
    "get /api/v1/confirmations/{act_id}": [PERSON_READS],
    "post /api/v1/confirmations/{act_id}": [PERSON_WRITES],
    "get /api/v1/copies/{serial}.pdf": [PERSON_READS],
    "post /api/v1/copies/{serial}/revocation": [PERSON_WRITES],
    "get /api/v1/me/copies": [PERSON_READS],
    "get /api/v1/applications": [PERSON_READS],
    "post /api/v1/applications": [PERSON_WRITES],
    "get /api/v1/applications/{application_id}": [PERSON_READS],
    "put /api/v1/applications/{application_id}": [PERSON_WRITES],
    "post /api/v1/applications/{application_id}/submission": [PERSON_WRITES],
    "post /api/v1/applications/{application_id}/withdrawal": [PERSON_WRITES],
    "post /api/v1/applications/{application_id}/proofs": [PERSON_WRITES],
    "post /api/v1/applications/{application_id}/review": [PERSON_WRITES],
    "post /api/v1/applications/{application_id}/approval": [PERSON_WRITES],
    "post /api/v1/applications/{application_id}/filing": [PERSON_WRITES],
    "post /api/v1/applications/{application_id}/filing/answer": [PERSON_WRITES],
    "get /api/v1/applications/{application_id}/proofs/{proof_id}": [PERSON_READS],
    "delete /api/v1/applications/{application_id}/proofs/{proof_id}": [PERSON_WRITES],
    "get /api/v1/approval-rights": [PERSON_READS],
    "put /api/v1/approval-rights/{unit}": [PERSON_WRITES],
    "delete /api/v1/approval-rights/{unit}": [PERSON_WRITES],
    "get /api/v1/catalogue": [],
    "get /api/v1/catalogue/{code}": [],
    "get /api/v1/catalogue/{code}/versions": [],
    "get /api/v1/catalogue-drafts": [PERSON_READS, CLIENT],
    "post /api/v1/catalogue-drafts": [PERSON_WRITES, CLIENT],
    "get /api/v1/catalogue-drafts/{draft_id}": [PERSON_READS, CLIENT],
    "put /api/v1/catalogue-drafts/{draft_id}": [PERSON_WRITES, CLIENT],
    "post /api/v1/catalogue-drafts/{draft_id}/submission": [PERSON_WRITES, CLIENT],
    "post /api/v1/catalogue-drafts/{draft_id}/review": [PERSON_WRITES],
    "post /api/v1/catalogue-drafts/{draft_id}/publication": [PERSON_WRITES],
    "get /api/v1/items": [],
    "get /api/v1/items/{code}": [],
    "get /api/v1/items/{code}/versions": [],
    "post /api/v1/items/{code}/withdrawal": [PERSON_WRITES],
    "get /api/v1/item-drafts": [PERSON_READS],
    "post /api/v1/item-drafts": [PERSON_WRITES],
    "get /api/v1/item-drafts/{draft_id}": [PERSON_READS],
    "put /api/v1/item-drafts/{draft_id}": [PERSON_WRITES],
    "post /api/v1/item-drafts/{draft_id}/submission": [PERSON_WRITES],
    "post /api/v1/item-drafts/{draft_id}/review": [PERSON_WRITES],
    "post /api/v1/item-drafts/{draft_id}/publication": [PERSON_WRITES],
    "post /api/v1/public/verifications": [],
    "post /api/v1/delivery-receipts": [],
    "get /.well-known/jwks.json": [],
    "get /.well-known/liangzheng-trust": [],
    "get /status-lists/{number}": [],
    "post /oauth/token": [{"clientSecret": []}, {}],
    "get /api/v1/me": [PERSON_READS, CLIENT],
    "post /api/v1/coverage": [PERSON_WRITES, CLIENT],
    "get /api/v1/coverage": [PERSON_READS, CLIENT],
    "get /api/v1/coverage.csv": [PERSON_READS, CLIENT],
    "post /api/v1/reconciliations": [CLIENT],
    "get /api/v1/reconciliations/{reconciliation_id}": [CLIENT],
    "post /api/v1/force-majeure": [PERSON_WRITES, CLIENT],
    "get /api/v1/force-majeure": [PERSON_READS, CLIENT],
    "get /api/v1/force-majeure/{report_id}": [PERSON_READS, CLIENT],
    "post /api/v1/force-majeure/{report_id}/measures": [PERSON_WRITES, CLIENT],
    "post /api/v1/force-majeure/{report_id}/clearance": [PERSON_WRITES, CLIENT],
    "post /api/v1/force-majeure/{report_id}/closure": [PERSON_WRITES, CLIENT],
    "get /api/v1/late-licences": [PERSON_READS, CLIENT],
    "post /api/v1/licence-batches": [CLIENT],
    "get /api/v1/licence-batches/{batch_id}": [PERSON_READS, CLIENT],
    "post /api/v1/licences": [CLIENT],
    "post /api/v1/merchant-checks": [CLIENT],
    "get /api/v1/merchant-checks/{check_id}": [CLIENT],
    "get /api/v1/merchant-checks/{check_id}/result": [CLIENT],
    "put /api/v1/merchant-checks/{check_id}/subscription": [CLIENT],
    "delete /api/v1/merchant-checks/{check_id}/subscription": [CLIENT],
    "post /api/v1/licences/{identifier}/status": [CLIENT],
    "get /api/v1/licences/{identifier}": [CLIENT],
    "get /api/v1/reviews": [PERSON_READS],
    "get /api/v1/reviews/{identifier}": [PERSON_READS],
    "post /api/v1/reviews/{identifier}": [PERSON_WRITES],
    "get /api/v1/licences/{identifier}/deliveries": [CLIENT],
    "get /api/v1/me/inbox": [PERSON_READS],
    "post /api/v1/me/inbox/{entry_id}/read": [PERSON_WRITES],
    "get /api/v1/me/licences": [PERSON_READS],
    "get /api/v1/me/licences/{identifier}": [PERSON_READS],
    "get /api/v1/me/licences/{identifier}.pdf": [PERSON_READS],
    "post /api/v1/me/codes": [PERSON_WRITES],
    "post /api/v1/me/codes/{showing_id}/next": [PERSON_WRITES],
    "get /api/v1/me/codes/{showing_id}": [PERSON_READS],
    "post /api/v1/me/codes/{showing_id}/consent": [PERSON_WRITES],
    "post /api/v1/me/codes/{showing_id}/desk": [PERSON_WRITES],
    "get /api/v1/desk-numbers/{number}": [PERSON_READS],
    "post /api/v1/desk-numbers": [PERSON_WRITES, CLIENT],
    "post /api/v1/desk-numbers/next": [PERSON_WRITES, CLIENT],
    "delete /api/v1/desk-numbers/{number}": [PERSON_WRITES, CLIENT],
    "delete /api/v1/me/codes/{showing_id}": [PERSON_WRITES],
    "get /api/v1/me/freeze": [PERSON_READS],
    "post /api/v1/me/freeze": [PERSON_WRITES],
    "post /api/v1/me/unfreeze": [PERSON_WRITES],
    "get /api/v1/me/uses": [PERSON_READS],
    "get /api/v1/me/administrators": [PERSON_READS],
    "post /api/v1/me/administrators": [PERSON_WRITES],
    "post /api/v1/me/administrators/{administrator_id}/answer": [PERSON_WRITES],
    "delete /api/v1/me/administrators/{administrator_id}": [PERSON_WRITES],
    "get /api/v1/me/delegations": [PERSON_READS],
    "post /api/v1/me/delegations": [PERSON_WRITES],
    "get /api/v1/me/delegations/{delegation_id}": [PERSON_READS],
    "delete /api/v1/me/delegations/{delegation_id}": [PERSON_WRITES],
    "post /api/v1/me/delegations/{delegation_id}/answer": [PERSON_WRITES],
    "post /api/v1/desk/lock": [PERSON_WRITES],
    "get /api/v1/basis-documents": [],
    "post /api/v1/basis-documents": [PERSON_WRITES, CLIENT],
    "patch /api/v1/basis-documents/{code}": [PERSON_WRITES, CLIENT],
    "post /api/v1/holdings": [PERSON_WRITES, CLIENT],
    "post /api/v1/holdings/{look_up_id}/refusals": [PERSON_WRITES, CLIENT],
    "put /api/v1/clients/{client_id}/keys": [PERSON_WRITES, CLIENT],
    "get /api/v1/holding-refusals": [PERSON_READS, CLIENT],
    "get /api/v1/desk-refusals": [PERSON_READS],
    "post /api/v1/desk-refusals": [PERSON_WRITES],
    "post /api/v1/desk-refusals/{report_id}/answer": [PERSON_WRITES],
    "put /api/v1/grants/{grant_id}/look-ups": [PERSON_WRITES, CLIENT],
    "get /api/v1/notices": [PERSON_READS, CLIENT],
    "get /api/v1/grants": [PERSON_READS, CLIENT],
    "get /api/v1/grants/{grant_id}/traffic": [PERSON_READS, CLIENT],
    "put /api/v1/grants/{grant_id}/suspension": [PERSON_WRITES, CLIENT],
    "delete /api/v1/grants/{grant_id}/suspension": [PERSON_WRITES, CLIENT],
    "put /api/v1/grants/{grant_id}/clients": [PERSON_WRITES, CLIENT],
    "get /api/v1/clients": [PERSON_READS, CLIENT],
    "post /api/v1/clients": [PERSON_WRITES, CLIENT],
    "post /api/v1/clients/{client_id}/secret": [PERSON_WRITES, CLIENT],
    "delete /api/v1/clients/{client_id}": [PERSON_WRITES, CLIENT],
    "get /api/v1/alerts": [PERSON_READS, CLIENT],
    "post /api/v1/alerts/{alert_id}/closure": [PERSON_WRITES, CLIENT],
    "get /api/v1/suspension-rule": [PERSON_READS, CLIENT],
    "put /api/v1/suspension-rule": [PERSON_WRITES, CLIENT],
    "get /api/v1/units": [PERSON_READS, CLIENT],
    "post /api/v1/units": [PERSON_WRITES, CLIENT],
    "get /api/v1/units/{code}": [PERSON_READS, CLIENT],
    "patch /api/v1/units/{code}": [PERSON_WRITES, CLIENT],
    "post /api/v1/units/{code}/closure": [PERSON_WRITES, CLIENT],
    "get /api/v1/units/{code}/responsible-persons": [PERSON_READS, CLIENT],
    "post /api/v1/units/{code}/responsible-persons": [PERSON_WRITES, CLIENT],
    "get /api/v1/staff": [PERSON_READS, CLIENT],
    "post /api/v1/staff": [PERSON_WRITES, CLIENT],
    "get /api/v1/staff/{login}": [PERSON_READS, CLIENT],
    "patch /api/v1/staff/{login}": [PERSON_WRITES, CLIENT],
    "post /api/v1/verifications": [PERSON_WRITES, CLIENT],
    "post /api/v1/offline-verifications": [PERSON_WRITES, CLIENT],
    "get /api/v1/verifications/{verification_id}": [PERSON_READS, CLIENT],
    "post /api/v1/verifications/{verification_id}/outcome": [PERSON_WRITES, CLIENT],
}


def test_every_operation_says_who_may_call_it(document: dict[str, Any]) -> None:
    assert {
        f"{method} {path}": operation["security"]
        for path, method, operation in _operations(document)
    } == SECURITY


def test_an_operation_that_names_a_way_in_refuses_who_has_none(
    shared_app: Flask, document: dict[str, Any]
) -> None:
    for path, method, operation in _operations(document):
        answer = shared_app.test_client().open(path, method=method.upper(), json={})
        refused = answer.status_code == 401 and answer.get_json()["slug"] == "not_signed_in"
        open_to_all = {} in (operation["security"] or [{}])
        assert refused is not open_to_all, (method, path)


def test_every_way_in_is_described(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    named = {
        name
        for _path, _method, operation in _operations(document)
        for way in operation["security"]
        for name in way
    }
    assert named == schemes.keys()
    token_url = schemes["client"]["flows"]["clientCredentials"]["tokenUrl"]
    assert "post" in document["paths"][token_url]


def test_every_tag_is_described_in_both_languages(document: dict[str, Any]) -> None:
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    used = {tag for _, _, operation in _operations(document) for tag in operation["tags"]}
    assert used == described.keys()
    for description in described.values():
        chinese, _, english = description.partition(" · ")
        assert re.fullmatch("[一-鿿]+", chinese)
        assert re.fullmatch("[A-Za-z ]+", english)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(_references(document)):
        assert _resolve(document, {"$ref": reference})


def test_the_page_of_the_document_loads_assets_of_this_host_alone(shared_app: Flask) -> None:
    with shared_app.test_client() as browser:
        page = browser.get("/api/docs")
        assert page.status_code == 200
        places = re.findall(r"""(?:src|href|url)\s*=\s*["']([^"']+)["']""", page.text)
        assert "https://" not in page.text
        assert "http://" not in page.text
        assets = [place for place in places if place.startswith("/static/")]
        assert len(assets) >= 3
        assert [place for place in places if place.startswith("//")] == []
        for place in assets:
            with browser.get(place) as asset:
                assert asset.status_code == 200, place
