"""Use items as the responsible person of the hall drafts them, and the manager above publishes them."""

from __future__ import annotations

import copy
from typing import Any, Final

from flask import Flask

from tests.support.people import Visitor
from tests.support.shared import deps_of
from tests.support.showing import RENEWAL
from wallet.catalogue.use_list.entry import published_item

DRAFTS: Final = "/api/v1/item-drafts"
EDITOR: Final = "desk-qian"
"""The responsible person of the hall."""


def item_content(app: Flask, code: str = RENEWAL) -> dict[str, Any]:
    """What is published of an item."""
    content = published_item(deps_of(app), code)
    assert content is not None
    return copy.deepcopy(content)


def begun_item(editor: Visitor, code: str, content: dict[str, Any]) -> str:
    """The id of a new draft."""
    answer = editor.post(DRAFTS, {"code": code, "content": content})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def step(visitor: Visitor, draft: str, act: str, body: dict[str, Any] | None = None) -> Any:
    """A step of a draft."""
    return visitor.post(f"{DRAFTS}/{draft}/{act}", body or {})


def published(editor: Visitor, manager: Visitor, draft: str) -> None:
    """Take a draft all the way."""
    for visitor, act, body in (
        (editor, "submission", None),
        (manager, "review", {"decision": "pass"}),
        (manager, "publication", None),
    ):
        answer = step(visitor, draft, act, body)
        assert answer.status_code == 200, answer.text
