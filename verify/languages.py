"""Languages and size of type: what the visitor chose, kept in two cookies."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, make_response, redirect, request
from flask_babel import Babel

from verify.assets import translations_dir

LANGUAGES: Final = ("zh", "en")
LANGUAGE_COOKIE: Final = "lang"
CARE_COOKIE: Final = "care"
SIZES: Final = ("0", "1", "2")
"""Standard type, elder mode 大字版, and elder mode with letters as large as 30 dp."""
_KEPT: Final = 365 * 24 * 3600


def chosen_language() -> str:
    """`zh` or `en`: what the visitor chose, Chinese until then whatever the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def speak(app: Flask) -> None:
    """Wire Flask-Babel and the facts that every page needs."""
    Babel(
        app,
        default_locale="zh",
        default_translation_directories=str(translations_dir()),
        locale_selector=chosen_language,
    )

    @app.context_processor
    def page_facts() -> dict[str, object]:
        return {
            "lang": chosen_language(),
            "care": request.cookies.get(CARE_COOKIE) in SIZES[1:],
            "largest": request.cookies.get(CARE_COOKIE) == SIZES[2],
        }


def keep_choice(*, https: bool) -> Response:
    """Keep the language and size of type that the request's query names, and go back to its `next`."""
    response = make_response(redirect(local_path(request.args.get("next", "/"))))
    language, care = request.args.get("lang"), request.args.get("care")
    if language in LANGUAGES:
        _keep(response, LANGUAGE_COOKIE, language, https)
    if care in SIZES:
        _keep(response, CARE_COOKIE, care, https)
    return response


def _keep(response: Response, name: str, value: str, https: bool) -> None:
    response.set_cookie(name, value, max_age=_KEPT, secure=https, httponly=True, samesite="Lax")


def local_path(path: str) -> str:
    """The path if it stays on this host, else the home page; browsers read `\\` as `/`."""
    stays = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if stays else "/"
