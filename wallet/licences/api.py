"""Licences: from the issuer's system, and in the holder's wallet."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from verify.status_list import STATUS_LIST_PATH, STATUS_LIST_TTL, STATUS_LIST_TYP
from verify.trust import TRUST_PATH
from wallet.base.table_files import MEDIA_TYPES
from wallet.licences.batches.accept import BatchProgress, accept_batch, batch_progress
from wallet.licences.check import NewLicence
from wallet.licences.delivery.deliveries import LicenceDelivery, deliveries_of, note_receipts
from wallet.licences.delivery.inbox import inbox, read_entry
from wallet.licences.delivery.news import InboxNews
from wallet.licences.delivery.schemas import (
    DeliveriesSchema,
    InboxPageSchema,
    NotedSchema,
    ReadEntrySchema,
    ReceiptsSchema,
)
from wallet.licences.documents.document import licence_document
from wallet.licences.held import held_licence, held_licences
from wallet.licences.held_schemas import (
    HeldLicenceDetailSchema,
    HeldLicencePageSchema,
    held_members,
)
from wallet.licences.issue import IssuedLicence
from wallet.licences.receive import receive
from wallet.licences.received import ReceivedLicence, received_licence
from wallet.licences.review import (
    AwaitingReview,
    Reviewed,
    awaiting_review,
    decide_review,
    review_queue,
)
from wallet.licences.review_schemas import (
    AwaitingReviewDetailSchema,
    AwaitingReviewPageSchema,
    ReceivedLicenceSchema,
    ReviewDecisionSchema,
    ReviewedSchema,
)
from wallet.licences.schemas import (
    BatchPageSchema,
    BatchQuerySchema,
    BatchSchema,
    ChangedStatusSchema,
    IdempotencyHeaderSchema,
    IssuedLicenceSchema,
    NewLicenceSchema,
    NewStatusSchema,
    TrustBundleSchema,
)
from wallet.licences.status.change import ChangedStatus, NewStatus, change_status
from wallet.licences.status.lists import published_list
from wallet.licences.trust_bundle import trust_bundle
from wallet.web.arguments import ApiBlueprint
from wallet.web.bodies import streamed
from wallet.web.deps import deps, now
from wallet.web.downloads import pdf_download
from wallet.web.guards import client, guard, holder, public, staff
from wallet.web.principal import current_principal
from wallet.web.schemas import PageQuerySchema

blueprint = ApiBlueprint("licences", __name__, description="电子证照 · Electronic licences")
published = ApiBlueprint(
    "trust", __name__, description="状态列表与信任包 · Status lists and trust bundle"
)
_FILE = {"schema": {"type": "string", "format": "binary"}}
_BUNDLE_MAX_AGE = 60
"""Seconds a trust bundle may be cached: a retired key is refused everywhere within them."""


@blueprint.route("/licences", methods=["POST"])
@blueprint.arguments(IdempotencyHeaderSchema, location="headers")
@blueprint.arguments(NewLicenceSchema)
@blueprint.response(201, IssuedLicenceSchema)
@guard(client("issuing"))
def receive_licence(headers: dict[str, str], new: NewLicence) -> IssuedLicence:
    """Take in a licence and issue it; the same key and body give the same answer."""
    body_hash = hashlib.sha256(request.get_data()).digest()
    return receive(deps(), current_principal(), headers["key"], body_hash, new, now())


@blueprint.route("/licence-batches", methods=["POST"])
@blueprint.arguments(BatchQuerySchema, location="query")
@blueprint.response(202, BatchSchema)
@blueprint.doc(requestBody={"required": True, "content": dict.fromkeys(MEDIA_TYPES, _FILE)})
@guard(client("issuing"))
def receive_batch(query: dict[str, Any]) -> BatchProgress:
    """Take in a file of licences, worked off in the background; the same file is the same batch."""
    kind = MEDIA_TYPES.get(request.mimetype)
    if kind is None or request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType
    parts, stock = streamed(of_lines=kind != "xlsx"), query["stock"]
    return accept_batch(deps(), current_principal(), kind, query["type"], parts, now(), stock=stock)


@blueprint.route("/licence-batches/<batch_id>")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, BatchPageSchema)
@guard(client("issuing") | staff("issuer"))
def batch(query: dict[str, Any], batch_id: str) -> dict[str, Any]:
    """How far a batch is, and what is wrong with which of its lines."""
    progress, faults, next_cursor = batch_progress(
        deps(), current_principal(), batch_id, query["limit"], query["cursor"]
    )
    page = {"items": faults, "next_cursor": next_cursor}
    return {**BatchSchema().dump(progress), **page}


@blueprint.route("/licences/<identifier>/status", methods=["POST"])
@blueprint.arguments(NewStatusSchema)
@blueprint.response(200, ChangedStatusSchema)
@guard(client("issuing"))
def change_licence_status(new: NewStatus, identifier: str) -> ChangedStatus:
    """Suspend, resume or end a licence; it counts for every verification from the answer on."""
    return change_status(deps(), current_principal(), identifier, new, now())


@blueprint.route("/licences/<identifier>")
@blueprint.response(200, ReceivedLicenceSchema)
@guard(client("issuing"))
def received(identifier: str) -> ReceivedLicence:
    """What became of a licence that the client's unit sent in."""
    return received_licence(deps(), current_principal(), identifier, now())


@blueprint.route("/reviews")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, AwaitingReviewPageSchema)
@guard(staff("issuer"))
def reviews(query: dict[str, Any]) -> dict[str, Any]:
    """Licences that wait for the unit's review before they are sealed, the oldest first."""
    page, next_cursor = review_queue(deps(), current_principal(), query["limit"], query["cursor"])
    return {"items": [_awaiting(entry) for entry in page], "next_cursor": next_cursor}


@blueprint.route("/reviews/<identifier>")
@blueprint.response(200, AwaitingReviewDetailSchema)
@guard(staff("issuer"))
def review(identifier: str) -> dict[str, Any]:
    """One of them with its face."""
    entry, fields = awaiting_review(deps(), current_principal(), identifier)
    return {**_awaiting(entry), "fields": fields}


@blueprint.route("/reviews/<identifier>", methods=["POST"])
@blueprint.arguments(ReviewDecisionSchema)
@blueprint.response(200, ReviewedSchema)
@guard(staff("issuer"))
def decide(decided: dict[str, str], identifier: str) -> Reviewed:
    """Pass it, which issues it, or return it with a reason."""
    return decide_review(
        deps(), current_principal(), identifier, decided["decision"], decided["reason"], now()
    )


@blueprint.route("/licences/<identifier>/deliveries")
@blueprint.response(200, DeliveriesSchema)
@guard(client("issuing"))
def licence_deliveries(identifier: str) -> dict[str, list[LicenceDelivery]]:
    """How a licence and its changes reached their holders."""
    return {"items": deliveries_of(deps(), current_principal(), identifier)}


@blueprint.route("/delivery-receipts", methods=["POST"])
@blueprint.arguments(ReceiptsSchema)
@blueprint.response(200, NotedSchema)
@guard(public(identify=False))
def receive_receipts(told: dict[str, Any]) -> dict[str, int]:
    """What a channel tells of deliveries, signed with the channel's secret (Standard Webhooks)."""
    channel, receipts = told["channel"], told["receipts"]
    headers = {name.lower(): value for name, value in request.headers}
    noted = note_receipts(deps(), channel, headers, request.get_data(), receipts, now())
    return {"noted": noted}


@blueprint.route("/me/inbox")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, InboxPageSchema)
@guard(holder())
def my_inbox(query: dict[str, Any]) -> dict[str, Any]:
    """What became of the own licences, newest first."""
    page = inbox(deps(), current_principal(), now(), query["limit"], query["cursor"])
    return {"items": [_entry(news) for news in page.items], "next_cursor": page.next_cursor}


@blueprint.route("/me/inbox/<entry_id>/read", methods=["POST"])
@blueprint.response(200, ReadEntrySchema)
@guard(holder())
def read_inbox_entry(entry_id: str) -> dict[str, str | None]:
    """Open an entry of the inbox; the first time is kept."""
    opened = read_entry(deps(), current_principal(), entry_id, now())
    return {"licence": opened.licence} if opened.delegation is None else vars(opened)


@blueprint.route("/me/licences")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, HeldLicencePageSchema)
@guard(holder())
def my_licences(query: dict[str, Any]) -> dict[str, Any]:
    """Own licences and those that others let this account show."""
    page, next_cursor = held_licences(
        deps(), current_principal(), now(), query["limit"], query["cursor"]
    )
    return {"items": [held_members(licence) for licence in page], "next_cursor": next_cursor}


@blueprint.route("/me/licences/<identifier>")
@blueprint.response(200, HeldLicenceDetailSchema)
@guard(holder())
def my_licence(identifier: str) -> dict[str, Any]:
    """One licence with its face fields."""
    licence, fields = held_licence(deps(), current_principal(), identifier, now())
    return {**held_members(licence), "fields": fields, "status_change": licence.change}


@blueprint.route("/me/licences/<identifier>.pdf")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
@guard(holder(rate="holder"))
def my_licence_document(identifier: str) -> Response:
    """One licence as a PDF, sealed by its issuing unit."""
    document = licence_document(deps(), current_principal(), identifier, now())
    return pdf_download(document.pdf, document.name)


@published.route(f"{STATUS_LIST_PATH}<int:number>")
@published.response(200, {"type": "string"}, content_type=f"application/{STATUS_LIST_TYP}")
@guard(public(identify=False))
def status_list(number: int) -> Response:
    """A status list, as a signed token (IETF Token Status List)."""
    at = now()
    listed = published_list(deps(), number, at)
    response = Response(listed.token, content_type=f"application/{STATUS_LIST_TYP}")
    max_age = int(STATUS_LIST_TTL - listed.age(at))
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    response.add_etag()
    response.make_conditional(request)
    return response


@published.route(TRUST_PATH)
@published.response(200, TrustBundleSchema)
@guard(public(identify=False))
def trust() -> Response:
    """What a desk needs to judge codes offline; the document is also a JWK Set (RFC 7517)."""
    response = jsonify(trust_bundle(deps(), now()))
    response.headers["Cache-Control"] = f"public, max-age={_BUNDLE_MAX_AGE}"
    return response


def _awaiting(entry: AwaitingReview) -> dict[str, Any]:
    named = {"code": entry.type_code, "name": entry.type_name}
    return {
        "identifier": entry.identifier,
        "type": named,
        "number": entry.number,
        "version": entry.version,
        "holders": entry.holders,
        "received_at": entry.received_at,
    }


def _entry(news: InboxNews) -> dict[str, Any]:
    names = ("id", "act", "delivered_at", "read_at", "printed_at")
    members = {key: getattr(news, key) for key in names}
    if news.delegation is not None:
        return {**members, "identifier": None, "delegation": news.delegation}
    if news.acting is not None:
        return {**members, "identifier": None, "acting": news.acting}
    if news.use is not None:
        members["use"] = news.use
    if news.licence is None:
        return {**members, "identifier": None}
    return {**members, **vars(news.licence), "type": news.licence}
