"""The desk: one scan page, and the endpoint that its scans go to.

Who may use it, how a code is judged and what is recorded come in as callables, so that the
wallet's desk and one that runs alone on a trust bundle are the same page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity

from verify.verdict import Verdict, verdict_members

View = TypeVar("View", bound=Callable[..., Any])
TERMINAL_MAX = 64
ITEM_MAX = 64
OUTCOME_MAX = 64
OUTCOMES = ("served", "person_mismatch", "not_served")


class Judge(Protocol):
    """Judges a code's text for an item at a terminal (None: the signed-in desk's own)."""

    def __call__(self, text: str, item: str, terminal: str | None) -> Verdict:
        """The verdict, recorded."""


@dataclass(frozen=True)
class DeskPorts:
    """What the desk is given.

    `judge` judges a text. `recall` gives a verdict again by its id. `record_outcome` keeps what
    the desk did next. `view` gives the page's context: `items`, `desk`. `page_guard` and
    `api_guard` declare who may call the views.
    """

    judge: Judge
    recall: Callable[[str], Verdict]
    record_outcome: Callable[[str, str], None]
    view: Callable[[], dict[str, Any]]
    page_guard: Callable[[View], View]
    api_guard: Callable[[View], View]


def desk_blueprint(ports: DeskPorts) -> Blueprint:
    """`GET /desk`, `POST /api/v1/verifications`, and the verification by its id."""
    blueprint = Blueprint("desk", __name__)

    @blueprint.get("/desk")
    @ports.page_guard
    def desk_page() -> str:
        return render_template("desk/desk.html", **ports.view())

    @blueprint.post("/api/v1/verifications")
    @ports.api_guard
    def verify_code() -> ResponseReturnValue:
        body = _object("code", "item", "terminal")
        text = body.get("code")
        if not isinstance(text, str):
            raise _unprocessable("code", "必填，应为文字。")
        item = _member(body, "item", ITEM_MAX)
        terminal = _member(body, "terminal", TERMINAL_MAX) if "terminal" in body else None
        return jsonify(verdict_members(ports.judge(text, item, terminal)))

    @blueprint.get("/api/v1/verifications/<verification_id>")
    @ports.api_guard
    def verification(verification_id: str) -> ResponseReturnValue:
        return jsonify(verdict_members(ports.recall(verification_id)))

    @blueprint.post("/api/v1/verifications/<verification_id>/outcome")
    @ports.api_guard
    def verification_outcome(verification_id: str) -> ResponseReturnValue:
        outcome = _member(_object("outcome"), "outcome", OUTCOME_MAX)
        if outcome not in OUTCOMES:
            raise _unprocessable("outcome", f"应为 {'、'.join(OUTCOMES)} 之一。")
        ports.record_outcome(verification_id, outcome)
        return "", 204

    return blueprint


def _object(*members: str) -> dict[str, Any]:
    """The body, which has no other members than these."""
    body = request.get_json()
    if not isinstance(body, dict):
        raise _unprocessable("", "请求内容应为一个 JSON 对象。")
    for name in body:
        if name not in members:
            raise _unprocessable(name, "没有这一项。")
    return body


def _member(body: dict[str, Any], name: str, longest: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise _unprocessable(name, "必填，应为文字。")
    if len(value) > longest or not value.isprintable():
        raise _unprocessable(name, f"最多 {longest} 个字符，且不能含有控制字符。")
    return value


def _unprocessable(name: str, sentence: str) -> UnprocessableEntity:
    error = UnprocessableEntity(sentence)
    error.data = {"messages": {name: [sentence]}}  # type: ignore[attr-defined]
    return error
