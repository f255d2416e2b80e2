"""Languages and elder mode: what the visitor chose, kept in two cookies."""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from flask_babel import Babel

from verify.assets import translations_dir

LANGUAGES: Final = ("zh", "en")
LANGUAGE_COOKIE: Final = "lang"
CARE_COOKIE: Final = "care"


def chosen_language() -> str:
    """`zh` or `en`: what the visitor chose, Chinese until then whatever the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def speak(app: Flask) -> None:
    """Wire Flask-Babel and the two facts that every page needs."""
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
            "care": request.cookies.get(CARE_COOKIE) == "1",
        }
