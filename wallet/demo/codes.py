"""A live code without a phone, for whoever builds a program that verifies: in the demo alone, of its invented
people, by the journey of the wallet itself."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select

from wallet import numbers
from wallet.errors import NotFound
from wallet.holders.model import Account
from wallet.licences.held import held_licences
from wallet.showing.show import open_showing
from wallet.web.deps import deps, now
from wallet.web.guards import guard, public
from wallet.web.principal import Principal

blueprint = Blueprint("demo_codes", __name__)


@blueprint.post("/demo/codes")
@guard(public(rate="public", identify=False))
def draw_code() -> tuple[Response, int]:
    """A code of a persona's own licence of a type (form fields `persona` and `type`), good for 60 seconds and once."""
    persona, type_code = request.form.get("persona", ""), request.form.get("type", "")
    account = None
    if persona.isprintable():  # a database may refuse to look for another
        account = deps().db.row(
            select(Account.id, Account.holder_id).where(Account.login == persona)
        )
    if account is None:
        raise NotFound("没有这个演示持证人，请从首页选择。")
    holder = Principal("holder", account.id, 0, "", holder_id=account.holder_id)
    held, _cursor = held_licences(deps(), holder, now(), numbers.PAGE_LIMIT_MAX, None)
    found = next(
        (
            licence.identifier
            for licence in held
            if (licence.type_code, licence.role, licence.status) == (type_code, "own", "valid")
        ),
        None,
    )
    if found is None:
        raise NotFound("这个演示持证人没有这一类型的有效证照。")
    code = open_showing(deps(), holder, [found], now())
    return jsonify({"text": code.text, "expires_at": code.expires_at}), 201
