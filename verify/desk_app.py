"""The desk page as an app: what a browser keeps, so that the page opens without a network.

A service worker keeps the page's files. Its script names them and is versioned by their release,
so that a browser takes a new release whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, render_template

from verify.assets import static_dir
from verify.static_files import address_of, release_of

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Declares who may call a view."""

_FILES: Final = (
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
_WORKER: Final = "desk/worker.js"


def publish_app(blueprint: Blueprint, public: Guard) -> None:
    """`GET /desk-worker.js` and `GET /desk.webmanifest`; `public` declares that anyone may."""
    script = worker_script(static_dir())

    @blueprint.get("/desk-worker.js")
    @public
    def desk_worker() -> Response:
        return _fresh(script, "text/javascript")

    @blueprint.get("/desk.webmanifest")
    @public
    def desk_manifest() -> Response:
        return _fresh(render_template("desk/desk.webmanifest"), "application/manifest+json")


def worker_script(folder: Path) -> str:
    """The worker's script, with what it keeps and a version that changes with any file."""
    release = release_of(folder)
    files = sorted(path for pattern in _FILES for path in folder.glob(pattern))
    kept = [address_of(release, path.relative_to(folder).as_posix()) for path in files]
    return (
        f"const VERSION = {json.dumps(release)};\n"
        f"const KEPT = {json.dumps(kept, indent=1)};\n"
        f"{(folder / _WORKER).read_text('utf-8')}"
    )


def _fresh(content: str, kind: str) -> Response:
    """An answer that is asked for anew each time: it says what is new in all the others."""
    response = Response(content, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
