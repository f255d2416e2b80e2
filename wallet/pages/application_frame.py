"""The frame of the pages on applications, with the words that all of them need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _

from wallet.pages.application_words import application_acts, application_states, types_to_ask
from wallet.pages.console import render_console
from wallet.pages.item_words import published_type_words, scene_words
from wallet.pages.manager_units import console_role

APPLICATIONS: Final = "/manager/applications"


def asked_types(types: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The types that are asked for, with the labels of their fields."""
    return types_to_ask({one["type"]: one["fields"] for one in types}, published_type_words())


def crumbs() -> list[tuple[str, str]]:
    """The way to the list."""
    return [(_("用证申请"), APPLICATIONS)]


def render_applications(template: str, **values: Any) -> str:
    """A page of the console, with the words for states, steps and scenes."""
    return render_console(
        console_role(), "applications", template,
        states=application_states(), acts=application_acts(), scenes=scene_words(), **values,
    )  # fmt: skip
