"""The wallet as an app on the phone: its manifest, its service worker, its page for no network."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template

from verify.kept_files import fresh, worker_script
from verify.static_files import imported_by, this_release
from wallet.web.guards import guard, public

blueprint = Blueprint("installed_pages", __name__)

_MODULES: Final = ("wallet/app.js", "wallet/offline.js", "wallet/wallet.js")
_BESIDE: Final = (
    "css/base.css",
    "css/public.css",
    "css/wallet.css",
    "img/emblem.svg",
    "img/guilloche.svg",
)
_WORKER: Final = "wallet/worker.js"


@blueprint.get("/wallet-worker.js")
@guard(public(identify=False))
def worker() -> Response:
    """The service worker's script; what it keeps is of nobody."""
    return fresh(worker_script(this_release(), _WORKER, _kept()), "text/javascript")


@blueprint.get("/wallet.webmanifest")
@guard(public(identify=False))
def manifest() -> Response:
    """How the app is called, in the visitor's language, and where it begins."""
    return fresh(render_template("holder/wallet.webmanifest"), "application/manifest+json")


@blueprint.get("/wallet/offline")
@guard(public(identify=False))
def offline() -> str:
    """What the browser shows where there is no network; it names nobody."""
    return render_template("holder/offline.html")


def _kept() -> list[str]:
    """Below the static folder: what the page of the cards is made of, and the one for no network.

    The browser itself keeps what other pages load, since a file of a release never changes.
    """
    modules = [*_MODULES, *(name for one in _MODULES for name in imported_by(one))]
    return [*_BESIDE, *modules]
