"""Demo sign-in: a persona's name is enough, and to confirm takes a tap. It exists only in demo mode,
as does the list of personas on the sign-in page (template global `demo_personas`)."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from wallet.demo import tls
from wallet.demo.personas import personas
from wallet.errors import NotFound
from wallet.holders.model import Account
from wallet.organisations.model import Staff, Unit
from wallet.organisations.place import open_place, terminal_at
from wallet.web import sessions
from wallet.web.cookies import desk_cookie, session_cookie_name, set_session_cookies
from wallet.web.deps import deps, now
from wallet.web.devices import device_of
from wallet.web.guards import guard, person, public
from wallet.web.principal import PrincipalKind, current_principal
from wallet.web.way_back import onward

blueprint = Blueprint("demo", __name__)
blueprint.add_app_template_global(personas, "demo_personas")


@blueprint.post("/demo/session")
@guard(public(identify=False))
def start_demo_session() -> ResponseReturnValue:
    """Sign in as a persona; always a new session, so none can be fixed beforehand."""
    persona = request.form.get("persona", "")
    if not persona.isprintable():
        raise _no_such_persona()  # a database may refuse to look for it
    at = now()
    with deps().db.begin() as tx:
        kind, subject_id, terminal = _find(tx, persona)
        token = sessions.start_session(
            tx,
            kind,
            subject_id,
            at,
            sessions.Proof(at),
            device=device_of(request.user_agent.string),
            replacing=request.cookies.get(session_cookie_name(), ""),
            terminal=terminal,
        )
    return _with_session(token)


@blueprint.post("/demo/step-up")
@guard(person(while_locked=True))
def confirm() -> ResponseReturnValue:
    """Stand in for proving again who one is; the session gets a new token."""
    at = now()
    with deps().db.begin() as tx:
        token = sessions.confirm_session(tx, current_principal(), sessions.Proof(at), at)
    return _with_session(token)


@blueprint.get("/demo/ca.crt")
@guard(public(identify=False))
def certificate_authority() -> Response:
    """The certificate that a phone must trust to find nothing wrong with this demo over https."""
    file = deps().config.data / tls.FOLDER / tls.CA_FILE
    if not file.is_file():
        raise NotFound("此演示没有使用 https，无须安装证书。")
    return Response(file.read_bytes(), content_type="application/x-x509-ca-cert")


def _with_session(token: str) -> ResponseReturnValue:
    response = redirect(onward(), 303)
    set_session_cookies(response, token)  # type: ignore[arg-type]
    return response


def _find(tx: Connection, persona: str) -> tuple[PrincipalKind, int, str | None]:
    account = tx.execute(select(Account.id).where(Account.login == persona)).scalar_one_or_none()
    if account is not None:
        return "holder", account, None
    member = tx.execute(
        select(Staff.id, Staff.unit_id, Staff.roles)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(Staff.login == persona, Staff.disabled_at.is_(None), Unit.closed_at.is_(None))
    ).one_or_none()
    if member is not None:
        place = open_place(deps().vault, desk_cookie(), now())
        return "staff", member.id, terminal_at(place, member.unit_id, member.roles)
    raise _no_such_persona()


def _no_such_persona() -> NotFound:
    return NotFound("没有这个演示角色，请从首页选择。")
