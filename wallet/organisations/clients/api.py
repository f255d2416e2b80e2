"""Machine clients of the own subtree, or of the own unit for its responsible person."""

from __future__ import annotations

from typing import Any

from wallet.organisations.clients.keep import (
    NewClient,
    Secret,
    add_client,
    end_client,
    rotate_secret,
)
from wallet.organisations.clients.listed import clients_page
from wallet.organisations.clients.schemas import (
    ClientPageSchema,
    KeysSchema,
    NewClientSchema,
    NewSecretSchema,
    SecretSchema,
)
from wallet.organisations.clients.set_keys import set_keys
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.web.arguments import ApiBlueprint
from wallet.web.deps import deps, now
from wallet.web.guards import Guard, client, guard, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("clients", __name__, description="接入系统 · Machine clients")


def _keeping(*, fresh: bool = False) -> Guard:
    return staff("manager", fresh=fresh) | staff(RESPONSIBLE, fresh=fresh) | client("managing")


@blueprint.route("/clients")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, ClientPageSchema)
@guard(_keeping())
def clients(query: dict[str, Any]) -> dict[str, Any]:
    """The machine clients of the own unit, for managers also of those below it."""
    page, next_cursor = clients_page(deps(), current_principal(), query["limit"], query["cursor"])
    return {"items": page, "next_cursor": next_cursor}


@blueprint.route("/clients", methods=["POST"])
@blueprint.arguments(NewClientSchema)
@blueprint.response(201, SecretSchema)
@guard(staff("manager", fresh=True) | client("managing"))
def new_client(new: NewClient) -> Secret:
    """Add a machine client to a unit below the own one; its secret is told this once."""
    return add_client(deps(), current_principal(), new, now())


@blueprint.route("/clients/<client_id>/secret", methods=["POST"])
@blueprint.arguments(NewSecretSchema)
@blueprint.response(201, SecretSchema)
@guard(_keeping(fresh=True))
def new_secret(body: dict[str, int], client_id: str) -> Secret:
    """Give a client a new secret, told this once; the one before it goes on for some days, or none."""
    return rotate_secret(deps(), current_principal(), client_id, body["overlap_days"], now())


@blueprint.route("/clients/<client_id>/keys", methods=["PUT"])
@blueprint.arguments(KeysSchema)
@blueprint.response(204)
@guard(_keeping(fresh=True))
def new_keys(body: dict[str, Any], client_id: str) -> None:
    """Say by which public keys a client proves who it is (`private_key_jwt`); those that are left out end at once."""
    set_keys(deps(), current_principal(), client_id, body["keys"], now())


@blueprint.route("/clients/<client_id>", methods=["DELETE"])
@blueprint.response(204)
@guard(_keeping(fresh=True))
def remove(client_id: str) -> None:
    """End a client for good, and its tokens at once."""
    end_client(deps(), current_principal(), client_id, now())
