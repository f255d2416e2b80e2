"""Merchant checks (M-16): a platform sends a list, and hears match or no match of each line."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from wallet.base.table_files import MEDIA_TYPES
from wallet.licences.schemas import IdempotencyHeaderSchema
from wallet.relying.desks import Desk
from wallet.relying.merchant_checks.accept import NewCheck, accept_check
from wallet.relying.merchant_checks.read import (
    RESULTS,
    CheckProgress,
    Subscription,
    check_progress,
    check_result,
)
from wallet.relying.merchant_checks.schemas import (
    CheckQuerySchema,
    CheckSchema,
    NewSubscriptionSchema,
    ResultQuerySchema,
    WebhookSecretSchema,
)
from wallet.relying.merchant_checks.subscribe import subscribe, unsubscribe
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.downloads import download
from wallet.web.guards import client, guard
from wallet.web.principal import current_principal

blueprint = ApiBlueprint("merchant_checks", __name__, description="商户核验 · Merchant checks")
_FILE = {"schema": {"type": "string", "format": "binary"}}


def _desk() -> Desk:
    """The client itself: a list comes from no terminal."""
    principal = current_principal()
    return Desk(principal, f"client:{principal.id}:", "", request.remote_addr)


@blueprint.route("/merchant-checks", methods=["POST"])
@blueprint.arguments(IdempotencyHeaderSchema, location="headers")
@blueprint.arguments(CheckQuerySchema, location="query")
@blueprint.response(202, CheckSchema)
@blueprint.doc(requestBody={"required": True, "content": dict.fromkeys(MEDIA_TYPES, _FILE)})
@guard(client("platform"))
def send_list(headers: dict[str, str], query: dict[str, Any]) -> CheckProgress:
    """Send a list in, to be answered in the background; the same key and list are the same check."""
    kind = MEDIA_TYPES.get(request.mimetype)
    if kind is None or request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType
    new = NewCheck(**query, key=headers["key"], kind=kind, body=request.get_data())
    public_id = accept_check(deps(), _desk(), new, now())
    return check_progress(deps(), current_principal(), public_id, now())


@blueprint.route("/merchant-checks/<check_id>")
@blueprint.response(200, CheckSchema)
@guard(client("platform"))
def check(check_id: str) -> CheckProgress:
    """How far a list is, and how many lines got which answer."""
    return check_progress(deps(), current_principal(), check_id, now())


@blueprint.route("/merchant-checks/<check_id>/result")
@blueprint.arguments(ResultQuerySchema, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
@guard(client("platform"))
def result(query: dict[str, str], check_id: str) -> Response:
    """The answer to each line, as a file."""
    form = query["format"]
    parts = check_result(deps(), _desk(), check_id, form, now())
    name = f"merchant-check.{form}"
    return download(parts, name, f"商户核验结果.{form}", RESULTS[form])


@blueprint.route("/merchant-checks/<check_id>/subscription", methods=["PUT"])
@blueprint.arguments(NewSubscriptionSchema)
@blueprint.response(200, WebhookSecretSchema)
@guard(client("platform"))
def tell(body: dict[str, str], check_id: str) -> Subscription:
    """Be told by webhook when a licence of the list changes; the secret is told once."""
    return subscribe(deps(), _desk(), check_id, body["webhook"], now())


@blueprint.route("/merchant-checks/<check_id>/subscription", methods=["DELETE"])
@blueprint.response(204)
@guard(client("platform"))
def tell_no_more(check_id: str) -> None:
    """Be told no more."""
    unsubscribe(deps(), current_principal(), check_id, now())
