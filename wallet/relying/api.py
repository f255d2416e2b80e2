"""Verification: the desk's ports, the public check, and who is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Flask, request
from flask_smorest import Api

from verify.desk import DeskPorts, desk_blueprint
from verify.judgements import Finding, Judgement
from verify.verdict import Verdict, WantedFields
from wallet.base.clock import local_day
from wallet.relying.consent import answer
from wallet.relying.desk_view import desk_view
from wallet.relying.desks import Desk, desk_of
from wallet.relying.grants import items_of
from wallet.relying.judge import judge
from wallet.relying.public_check import PublicCheck, check_publicly
from wallet.relying.reading import read_verification, record_outcome
from wallet.relying.reconcile import reconcile
from wallet.relying.schemas import (
    CodeToVerifySchema,
    ConsentSchema,
    FindingsSchema,
    JudgementsSchema,
    MeSchema,
    OutcomeSchema,
    PublicCheckSchema,
    PublicCodeSchema,
    VerdictSchema,
)
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import client, guard, holder, public, signed_in, staff
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("relying", __name__, description="核验 · Verification")


@blueprint.route("/public/verifications", methods=["POST"])
@blueprint.arguments(PublicCodeSchema)
@blueprint.response(200, PublicCheckSchema)
@guard(public(rate="public"))
def check_code(body: dict[str, Any]) -> PublicCheck:
    """Whether a code is genuine; anyone may ask, nothing is consumed."""
    return check_publicly(deps(), body["code"], now())


@blueprint.route("/me/codes/<showing_id>/consent", methods=["POST"])
@blueprint.arguments(ConsentSchema)
@blueprint.response(204)
@guard(holder(rate="holder"))
def answer_question(body: dict[str, Any], showing_id: str) -> None:
    """Answer the question that a desk has put to a showing."""
    answer(deps(), current_principal(), showing_id, now(), allow=body["allow"])


@blueprint.route("/me")
@blueprint.response(200, MeSchema)
@guard(signed_in())
def me() -> dict[str, Any]:
    """The account that is signed in, and the items it may verify for."""
    principal = current_principal()
    return {
        "account": principal.account,
        "name": principal.name,
        "roles": sorted(principal.roles) or [principal.kind],
        "unit": principal.unit_name or None,
        "items": items_of(deps(), principal, local_day(now())),
    }


def desk() -> FlaskBlueprint:
    """The desk of `verify`, judged and recorded by the library."""
    return desk_blueprint(
        DeskPorts(
            judge=_judge,
            recall=_recall,
            record_outcome=_record_outcome,
            reconcile=_reconcile,
            view=lambda: desk_view(deps(), current_principal(), local_day(now())),
            page_guard=guard(staff("desk")),
            api_guard=guard(staff("desk", rate="desk") | client("relying", rate="desk")),
            public_guard=guard(public(identify=False)),
        )
    )


def _judge(text: str, item: str, terminal: str | None, fields: WantedFields | None) -> Verdict:
    return judge(deps(), _desk(terminal), text, item, now(), fields)


def _desk(terminal: str | None) -> Desk:
    return desk_of(current_principal(), terminal, request.remote_addr)


def _reconcile(judgements: Sequence[Judgement], terminal: str | None) -> Sequence[Finding]:
    return reconcile(deps(), _desk(terminal), judgements, now())


def _recall(verification_id: str) -> Verdict:
    return read_verification(
        deps(), current_principal(), verification_id, now(), request.remote_addr
    )


def _record_outcome(verification_id: str, outcome: str) -> None:
    record_outcome(deps(), current_principal(), verification_id, outcome, now())


def document_desk(app: Flask, api: Api) -> None:
    """Describe the desk's endpoints in the OpenAPI document, since `verify` knows none."""
    rules = {rule.rule: rule for rule in app.url_map.iter_rules() if rule.endpoint[:5] == "desk."}
    for name, schema in (
        ("CodeToVerify", CodeToVerifySchema),
        ("Verdict", VerdictSchema),
        ("Outcome", OutcomeSchema),
        ("Judgements", JudgementsSchema),
        ("Findings", FindingsSchema),
    ):
        api.spec.components.schema(name, schema=schema)
    identified = [
        {"in": "path", "name": "verification_id", "required": True, "schema": {"type": "string"}}
    ]
    verdict = {"200": _json("Verdict", "The verdict"), "default": _DEFAULT_ERROR}
    done = {"204": {"description": "Recorded"}, "default": _DEFAULT_ERROR}
    tags = {"tags": [blueprint.name]}
    api.spec.path(
        rule=rules["/api/v1/verifications"],
        operations={
            "post": {
                **tags,
                "summary": "Judge a code for an item",
                "requestBody": {**_json("CodeToVerify", "The code"), "required": True},
                "responses": verdict,
            }
        },
    )
    api.spec.path(
        rule=rules["/api/v1/verifications/<verification_id>"],
        parameters=identified,
        operations={
            "get": {**tags, "summary": "The verdict again, for its desk", "responses": verdict}
        },
    )
    api.spec.path(
        rule=rules["/api/v1/verifications/<verification_id>/outcome"],
        parameters=identified,
        operations={
            "post": {
                **tags,
                "summary": "What the desk did next",
                "requestBody": {**_json("Outcome", "The outcome"), "required": True},
                "responses": done,
            }
        },
    )
    api.spec.path(
        rule=rules["/api/v1/offline-verifications"],
        operations={
            "post": {
                **tags,
                "summary": "Tell what was judged offline; nothing is done twice",
                "requestBody": {**_json("Judgements", "The judgements"), "required": True},
                "responses": {
                    "200": _json("Findings", "A finding for each, in the same order"),
                    "default": _DEFAULT_ERROR,
                },
            }
        },
    )


_DEFAULT_ERROR = {"$ref": "#/components/responses/DEFAULT_ERROR"}


def _json(schema: str, description: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": description, "content": {"application/json": {"schema": reference}}}
