"""The product with four routes more: the least that making and verifying a code can cost.

Each is a Flask route of the same app, behind the same hooks, on the same `Database`, written as
any route of the house would be: one ES256 signature and one row read, or one verification and
one row inserted. `signed-in` asks for the same session and CSRF token as the product's route,
`bare` for nothing. `python -m bench.floor` serves them just as `liangzheng serve` the product.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, jsonify
from sqlalchemy import MetaData, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from wallet import wsgi
from wallet.config import load_config
from wallet.serve import serve
from wallet.web.deps import deps
from wallet.web.guards import guard, holder, public, staff

_MESSAGE: Final = b"x" * 220  # as long as what a live code signs
_ES256: Final = ec.ECDSA(hashes.SHA256())


class FloorBase(DeclarativeBase):
    """Tables of the floor, apart from the product's."""

    metadata = MetaData()


class FloorRow(FloorBase):
    """What the floor reads and inserts."""

    __tablename__ = "bench_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str]


def create() -> Flask:
    """The product's app of this environment, and the floor."""
    app = wsgi.create()
    key = ec.generate_private_key(ec.SECP256R1())
    known, signature = key.public_key(), key.sign(_MESSAGE, _ES256)

    def creation() -> Any:
        with deps().db.read() as tx:
            value = tx.execute(select(FloorRow.value).where(FloorRow.id == 1)).scalar_one()
        return jsonify(value=value, signature=key.sign(_MESSAGE, _ES256).hex())

    def verification() -> Any:
        known.verify(signature, _MESSAGE, _ES256)
        with deps().db.begin() as tx:
            tx.execute(insert(FloorRow), {"value": "accepted"})
        return jsonify(value="accepted")

    for view, caller in ((creation, holder()), (verification, staff("desk"))):
        for name, declared in (("bare", public()), ("signed-in", caller)):
            app.add_url_rule(
                f"/floor/{name}/{view.__name__}",
                f"floor {name} {view.__name__}",
                guard(declared)(partial(view)),
                methods=["POST"],
            )
    return app


if __name__ == "__main__":
    serve(load_config(os.environ), "bench.floor:create")
