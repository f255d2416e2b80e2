"""`/healthz` says that the process lives, `/readyz` that it can serve."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from wallet.base.database import DATABASE_ERRORS
from wallet.web.deps import deps
from wallet.web.guards import guard, public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@guard(public(identify=False))
def alive() -> ResponseReturnValue:
    """200 while the process answers at all."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@guard(public(identify=False))
def ready() -> ResponseReturnValue:
    """Each dependency by its name: 503 without the database, 200 and degraded without Redis.

    Degraded too while a restore of the database has not been confirmed.
    """
    try:
        with deps().db.read() as tx:
            tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        database = "ok"
    except DATABASE_ERRORS:
        database = "unreachable"
    redis = deps().fast.standing()
    unconfirmed = deps().epoch.marks().unconfirmed_since is not None
    degraded = "degraded" if redis == "away" or unconfirmed else "ok"
    status = degraded if database == "ok" else "unready"
    parts = {"status": status, "database": database, "redis": redis}
    if unconfirmed:
        parts["restore"] = "unconfirmed"
    return jsonify(parts), 503 if status == "unready" else 200
