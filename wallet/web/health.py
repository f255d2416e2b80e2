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
    """200 when every dependency answers, else 503; each by its name."""
    try:
        with deps().db.read() as tx:
            tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        database = "ok"
    except DATABASE_ERRORS:
        database = "unreachable"
    status = 200 if database == "ok" else 503
    return jsonify({"status": "ok" if status == 200 else "unready", "database": database}), status
