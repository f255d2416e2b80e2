"""`python -m verify serve`: the desk page on trust bundles alone, for one desk on its own machine.

No account and no sign-in: it listens to this machine alone unless told otherwise, answers only to
the names that it was given, and takes nothing from other sites' pages.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, TypeVar

import orjson
from flask import Flask, Response, jsonify, make_response, redirect, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from werkzeug.exceptions import Forbidden, HTTPException, LengthRequired, ServiceUnavailable

from verify.alone import ITEM, LoneDesk
from verify.assets import templates_dir
from verify.desk import DeskPorts, desk_blueprint
from verify.headers import HEADERS
from verify.languages import keep_choice, speak
from verify.local_record import LocalRecord
from verify.static_files import publish_static
from verify.trust import TRUST_PATH, BundleError, Trust, load_trust, trust_document

PORT: Final = 8010
_BODY_MAX: Final = 256 << 10
_HEADER_SECONDS: Final = 5
_THREADS: Final = 4
_OPTIONS: Final = "LIANGZHENG_DESK"
"""Where the process that serves finds its options, as JSON."""
_SLUGS: Final[Mapping[int, str]] = {
    400: "bad_request", 403: "not_permitted", 404: "not_found", 405: "method_not_allowed",
    409: "outcome_recorded", 411: "length_required", 413: "too_large",
    415: "unsupported_media_type", 422: "invalid", 503: "unavailable",
}  # fmt: skip
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., Any])


class DeskError(Exception):
    """The desk cannot be served; the sentence says why."""


@dataclass(frozen=True)
class Options:
    """What a desk that runs alone is told: files, the addresses that its bundles are fetched from
    (in the order of the issuers in the file), and where to listen."""

    trust: str
    record: str
    refresh: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = PORT


def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; raises DeskError, BundleError and OSError when it cannot."""
    _check(options)
    os.environ[_OPTIONS] = json.dumps(asdict(options))
    Server(
        "verify.serve:create",
        factory=True,
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000),
        websockets=False,
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


def create() -> Flask:
    """The app of the process that serves, by the options in its environment."""
    members = json.loads(os.environ[_OPTIONS])
    options = Options(**{**members, "refresh": tuple(members["refresh"])})
    trust = load_trust(Path(options.trust))
    desk = LoneDesk(trust, Path(options.trust), LocalRecord(Path(options.record)))
    for issuer, address in zip(trust.issuers, options.refresh, strict=False):
        # A thread that ends with the process: it has nothing to finish.
        Thread(target=desk.refresh, args=(issuer, address, Event()), daemon=True).start()
    return create_desk(desk, options.host)


def create_desk(desk: LoneDesk, host: str) -> Flask:
    """The app of a desk; `host` is the address it listens on."""
    app = Flask(
        "verify",
        template_folder=str(templates_dir()),
        static_folder=None,
    )
    app.json = _Json(app)
    app.config.update(
        MAX_CONTENT_LENGTH=_BODY_MAX,
        TRUSTED_HOSTS=[host, *(["localhost"] if ipaddress.ip_address(host).is_loopback else [])],
    )
    _protect(app)
    _tell_problems(app)
    speak(app)
    publish_static(app, _anyone)
    app.register_blueprint(
        desk_blueprint(
            DeskPorts(
                judge=desk.judge,
                recall=desk.recall,
                record_outcome=desk.record_outcome,
                reconcile=desk.reconcile,
                view=lambda: desk_view(desk.trust),
                page_guard=_anyone,
                api_guard=_anyone,
                public_guard=_anyone,
            )
        )
    )

    @app.get("/")
    def home() -> ResponseReturnValue:
        return redirect("/desk")

    @app.get("/preferences")
    def preferences() -> ResponseReturnValue:
        return keep_choice(https=False)

    @app.get(TRUST_PATH)
    def bundles() -> ResponseReturnValue:
        return jsonify(trust_document(desk.trust))

    return app


def desk_view(trust: Trust) -> dict[str, Any]:
    """What the page shows around the scanner: one item, and the licence types of all bundles."""
    names = dict.fromkeys(
        name for bundle in trust.issuers.values() for name in bundle.types.values()
    )
    types = [
        {
            "name": name,
            "name_en": name,
            "fields": ["持证人（打码）"],
            "fields_en": ["Holder (masked)"],
        }
        for name in names
    ]
    item = {
        "code": ITEM,
        "name": "离线核验",
        "name_en": "Offline check",
        "consent": "none",
        "traditional_channel": "请出示证件原件，按传统方式办理。",
        "traditional_channel_en": "Show the original document and be served the traditional way.",
        "types": types,
    }
    return {
        "items": [item],
        "desk": {"unit": trust.home, "name": "", "terminal": socket.gethostname(), "account": ITEM},
        "alone": True,
    }


class _Json(DefaultJSONProvider):
    """Times as RFC 3339; reads what the library reads: no lone surrogates, no depth without end."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Parse; raises ValueError."""
        return orjson.loads(s)

    @staticmethod
    def default(value: Any) -> Any:
        if isinstance(value, datetime | date):
            return value.isoformat()
        return DefaultJSONProvider.default(value)


def _check(options: Options) -> None:
    """Find out before a process is started whether it could serve."""
    trust = load_trust(Path(options.trust))
    if len(options.refresh) > len(trust.issuers):
        raise BundleError(f"{options.trust} has fewer bundles than there are addresses to refresh.")
    try:
        LocalRecord(Path(options.record)).close()
    except BlockingIOError:
        raise DeskError(f"{options.record} is in use by another desk.") from None
    except ValueError as error:
        raise DeskError(str(error)) from None
    _check_address(options.host, options.port)


def _check_address(host: str, port: int) -> None:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        raise DeskError(f"{host} is not an IPv4 address of this machine.") from None
    if address.is_unspecified:
        raise DeskError("Name one address: a desk answers to no name that it was not given.")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except (OSError, OverflowError) as error:
        raise DeskError(f"Cannot listen on {host}:{port}: {error}.") from None


def _protect(app: Flask) -> None:
    @app.before_request
    def refuse_other_sites() -> None:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            raise LengthRequired
        origin = request.headers.get("Origin")
        if request.method not in _SAFE and origin not in (None, request.host_url.rstrip("/")):
            raise Forbidden("请在本机的核验台页面上操作。")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _tell_problems(app: Flask) -> None:
    """Every error as problem+json (RFC 9457), as the library's API answers."""

    @app.errorhandler(HTTPException)
    def problem(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:  # a redirect of the router
            return make_response(error.get_response())
        data: dict[str, Any] = getattr(error, "data", {})
        slug = _SLUGS.get(status, "internal_error")
        body = {
            "type": f"/problems/{slug}",
            "title": error.name,
            "status": status,
            "detail": error.description,
            "slug": slug,
            **({"errors": data["messages"]} if data else {}),
        }
        response = jsonify(body)
        response.status_code, response.mimetype = status, "application/problem+json"
        return response

    @app.errorhandler(OSError)
    def unavailable(_error: OSError) -> Response:
        return problem(ServiceUnavailable("暂时不能记录，因此没有答复，请稍后再试。"))


def _anyone(view: View) -> View:
    return view
