"""The product with two routes more: the least that making and verifying a code can cost.

Each is a Flask route of the same app, behind the same hooks, on the same `Database`. They exist
here alone; `python -m bench.floor` serves them just as `liangzheng serve` serves the product.
"""

from __future__ import annotations

import os
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
from wallet.web.guards import guard, public

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


_READ_ONE: Final = select(FloorRow.value).where(FloorRow.id == 1)
_INSERT_ONE: Final = insert(FloorRow)


def create() -> Flask:
    """The product's app of this environment, and the floor."""
    app = wsgi.create()
    key = ec.generate_private_key(ec.SECP256R1())
    known, signature = key.public_key(), key.sign(_MESSAGE, _ES256)

    @app.post("/floor/creation")
    @guard(public())
    def creation() -> Any:
        row = deps().db.rows(_READ_ONE)[0]
        return jsonify(value=row.value, signature=key.sign(_MESSAGE, _ES256).hex())

    @app.post("/floor/verification")
    @guard(public())
    def verification() -> Any:
        known.verify(signature, _MESSAGE, _ES256)
        with deps().db.begin() as tx:
            tx.execute(_INSERT_ONE, {"value": "accepted"})
        return jsonify(value="accepted")

    return app


if __name__ == "__main__":
    serve(load_config(os.environ), "bench.floor:create")
