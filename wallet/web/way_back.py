"""Where a page leads on to: after a switch of language, after signing in, after confirming."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from verify.languages import local_path

NEXT: Final = "next"
"""Name of the field, in a form or an address, that holds the local path to go on to."""
_LONGEST: Final = 512
_KEPT: Final = "/~:@!$&'()*+,;="


def here() -> str:
    """This page's local path with its query, to come back to.

    Of a form's answer it is the page at the same address, else what the form names in `next`,
    else the home page: what was sent is not sent again.
    """
    if request.method in ("GET", "HEAD"):
        query = request.query_string.decode("ascii", "replace")
        return quote(request.path, safe=_KEPT) + (f"?{query}" if query else "")
    return quote(request.path, safe=_KEPT) if _is_page(request.path) else onward()


def onward() -> str:
    """The local path that the form or the address names in `next`; the home page without one.

    Only paths of this host count, and none that is too long to be carried along.
    """
    sent = request.mimetype == "application/x-www-form-urlencoded" and request.form.get(NEXT)
    named = sent or request.args.get(NEXT, "/")
    return local_path(named) if len(named) <= _LONGEST else "/"


def leading_on(path: str, to: str) -> str:
    """The address of a page that goes on to `to` afterwards."""
    return path if to == "/" else f"{path}?{NEXT}={quote(to, safe='/')}"


def _is_page(path: str) -> bool:
    routes = current_app.create_url_adapter(request)
    assert routes is not None
    try:
        routes.match(path, method="GET")
    except HTTPException:
        return False
    return True
