"""The desk page as an app: what a browser keeps, so that the page opens without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, render_template

from verify.kept_files import fresh, worker_script
from verify.static_files import this_release

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Declares who may call a view."""

FILES: Final = (
    "css/base.css",
    "css/desk.css",
    "desk/*.js",
    "img/desk-*.png",
    "img/emblem.svg",
    "js/api.js",
    "js/words.js",
    "vendor/zxing-wasm/reader.js",
    "vendor/zxing-wasm/zxing_reader.wasm",
    "verify/*.js",
)
"""Below the static folder: all that the page loads."""
WORKER: Final = "desk/worker.js"


def publish_app(blueprint: Blueprint, public: Guard) -> None:
    """`GET /desk-worker.js` and `GET /desk.webmanifest`; `public` declares that anyone may."""
    script = worker_script(this_release(), WORKER, FILES)

    @blueprint.get("/desk-worker.js")
    @public
    def desk_worker() -> Response:
        return fresh(script, "text/javascript")

    @blueprint.get("/desk.webmanifest")
    @public
    def desk_manifest() -> Response:
        return fresh(render_template("desk/desk.webmanifest"), "application/manifest+json")
