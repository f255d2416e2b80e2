"""The desk: one scan page, and the endpoint that its scans go to.

Who may use it, how a code is judged and what is recorded come in as callables, so that the
wallet's desk and one that runs alone on a trust bundle are the same page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from verify.bodies import line_in, lines_in, sent_object, text_in, unprocessable
from verify.desk_app import Guard, publish_app
from verify.judgements import Finding, Judgement, finding_members, read_judgements
from verify.verdict import (
    REASONS,
    Verdict,
    WantedFields,
    federated_sentence,
    offline_sentence,
    sentence,
    verdict_members,
)

TERMINAL_MAX = 64
ITEM_MAX = 64
OUTCOME_MAX = 64
FIELDS_MAX = 200
"""Keys that one list of fields may hold, and types that one mapping may name."""
KEY_MAX = 64
OUTCOMES = ("served", "person_mismatch", "not_served")


class Judge(Protocol):
    """Judges a code's text for an item at a terminal (None: the signed-in desk's own), with all the
    fields that the desk may see, or fewer."""

    def __call__(
        self, text: str, item: str, terminal: str | None, fields: WantedFields | None
    ) -> Verdict:
        """The verdict, recorded."""


class Reconcile(Protocol):
    """Takes in what a desk judged while it was offline, at a terminal as in `Judge`."""

    def __call__(self, judgements: Sequence[Judgement], terminal: str | None) -> Sequence[Finding]:
        """A finding for each judgement, in the same order, all recorded."""


@dataclass(frozen=True)
class DeskPorts:
    """What the desk is given.

    `judge` judges a text. `recall` gives a verdict again by its id. `record_outcome` keeps what
    the desk did next. `view` gives the page's context: `items`, `desk` (with `locks_after` where it can be locked). `page_guard` and
    `api_guard` declare who may call the views, `public_guard` that anyone may. `reconcile` is None where there is no library to
    tell of offline judgements.
    """

    judge: Judge
    recall: Callable[[str], Verdict]
    record_outcome: Callable[[str, str], None]
    view: Callable[[], dict[str, Any]]
    page_guard: Guard
    api_guard: Guard
    public_guard: Guard
    reconcile: Reconcile | None = None


def desk_blueprint(ports: DeskPorts) -> Blueprint:
    """`GET /desk`, `POST /api/v1/verifications`, and the verification by its id."""
    blueprint = Blueprint("desk", __name__)

    @blueprint.get("/desk")
    @ports.page_guard
    def desk_page() -> str:
        return render_template(
            "desk/desk.html",
            REASONS=REASONS,
            sentence=sentence,
            federated_sentence=federated_sentence,
            offline_sentence=offline_sentence,
            **ports.view(),
        )

    @blueprint.post("/api/v1/verifications")
    @ports.api_guard
    def verify_code() -> ResponseReturnValue:
        body = sent_object("code", "item", "terminal", "fields")
        text = text_in(body, "code")
        item = line_in(body, "item", ITEM_MAX)
        verdict = ports.judge(text, item, _terminal(body), _fields(body))
        return jsonify(verdict_members(verdict))

    @blueprint.get("/api/v1/verifications/<verification_id>")
    @ports.api_guard
    def verification(verification_id: str) -> ResponseReturnValue:
        return jsonify(verdict_members(ports.recall(verification_id)))

    @blueprint.post("/api/v1/verifications/<verification_id>/outcome")
    @ports.api_guard
    def verification_outcome(verification_id: str) -> ResponseReturnValue:
        outcome = line_in(sent_object("outcome"), "outcome", OUTCOME_MAX)
        if outcome not in OUTCOMES:
            raise unprocessable("outcome", f"应为 {'、'.join(OUTCOMES)} 之一。")
        ports.record_outcome(verification_id, outcome)
        return "", 204

    if ports.reconcile is not None:
        _take_in_judgements(blueprint, ports, ports.reconcile)
    publish_app(blueprint, ports.public_guard)
    return blueprint


def _take_in_judgements(blueprint: Blueprint, ports: DeskPorts, reconcile: Reconcile) -> None:
    @blueprint.post("/api/v1/offline-verifications")
    @ports.api_guard
    def offline_verifications() -> ResponseReturnValue:
        body = sent_object("judgements", "terminal")
        findings = reconcile(read_judgements(body), _terminal(body))
        return jsonify({"items": [finding_members(finding) for finding in findings]})


def _terminal(body: dict[str, Any]) -> str | None:
    return line_in(body, "terminal", TERMINAL_MAX) if "terminal" in body else None


def _fields(body: dict[str, Any]) -> WantedFields | None:
    """`fields`: a list of keys, or an object of licence type → list of keys."""
    wanted = body.get("fields")
    if not isinstance(wanted, dict):
        return lines_in(body, "fields", FIELDS_MAX, KEY_MAX) if "fields" in body else None
    if len(wanted) > FIELDS_MAX:
        raise unprocessable("fields", f"最多 {FIELDS_MAX} 项。")
    return {code: lines_in(wanted, code, FIELDS_MAX, KEY_MAX, "fields") for code in wanted}
