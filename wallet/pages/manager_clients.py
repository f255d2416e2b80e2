"""接入系统: machine clients, their secrets that are shown once, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.errors import Conflict, DomainError, Invalid, NotPermitted
from wallet.organisations.clients.keep import add_client, end_client, rotate_secret
from wallet.organisations.clients.listed import ClientView, client_view, clients_page
from wallet.organisations.clients.schemas import NewClientSchema
from wallet.organisations.people.roles import client_roles_for
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.organisations.units.listed import unit_view
from wallet.pages.console import render_console
from wallet.pages.manager_units import UNITS, console_role
from wallet.relying.beyond.bind import bound_grants
from wallet.web.deps import deps, now
from wallet.web.guards import guard, staff
from wallet.web.principal import current_principal
from wallet.web.problems import STATUS

blueprint = Blueprint("manager_clients_pages", __name__)
CLIENTS: Final = "/manager/clients"
_SEEING: Final = staff("manager") | staff(RESPONSIBLE)
_CHANGING: Final = staff("manager", fresh=True) | staff(RESPONSIBLE, fresh=True)
_NEW = NewClientSchema()
_OVERLAPS: Final = (0, 1, numbers.SECRET_OVERLAP_DAYS)
_Answer = AnyResponse | str | tuple[str, int]


@blueprint.get(CLIENTS)
@guard(_SEEING)
def clients() -> str:
    """The machine clients of the units in sight, with `ended` those too that have ended."""
    cursor = request.args.get("cursor")
    ended = "ended" in request.args
    found, following = clients_page(
        deps(), current_principal(), numbers.PAGE_LIMIT, cursor, ended=ended
    )
    here = f"{CLIENTS}?ended=1" if ended else CLIENTS
    return _render(
        "manager_clients/clients.html",
        clients=found,
        ended=ended,
        first=here if cursor else None,
        next=f"{here}{'&' if ended else '?'}cursor={following}" if following else None,
    )


@blueprint.get(f"{UNITS}/<code>/client")
@guard(staff("manager", fresh=True))
def begin(code: str) -> str:
    """The form of a new client of a unit."""
    return _form(code, "", [])


@blueprint.post(f"{UNITS}/<code>/client")
@guard(staff("manager", fresh=True))
def add(code: str) -> _Answer:
    """Add it; its secret is on this page alone."""
    name, roles = request.form.get("name", "").strip(), request.form.getlist("roles")
    unit = unit_view(deps(), current_principal(), code)
    try:
        new = _NEW.load({"unit": unit.code, "name": name, "roles": roles})
        told = add_client(deps(), current_principal(), new, now())
    except ValidationError as refused:
        return _form(code, name, roles, wrong=set(refused.messages_dict)), 422
    except (Conflict, Invalid, NotPermitted) as refused:
        return _form(code, name, roles, why=_why(refused)), STATUS[type(refused)][0]
    return _told(client_view(deps(), current_principal(), told.client_id), told.client_secret)


@blueprint.get(f"{CLIENTS}/<client_id>")
@guard(_SEEING)
def one(client_id: str) -> str:
    """One client: what it may do, by which keys, under which grants."""
    found = client_view(deps(), current_principal(), client_id)
    done = _("已停用，令牌马上失效。") if request.args.get("done") == "ended" else ""
    grants = bound_grants(deps(), current_principal(), client_id)
    return _render(
        "manager_clients/client.html", client=found, grants=grants, note=done, crumbs=_crumbs()
    )


@blueprint.get(f"{CLIENTS}/<client_id>/secret")
@guard(_CHANGING)
def before_rotation(client_id: str) -> str:
    """For how long the secret before is to go on."""
    return _rotation(client_view(deps(), current_principal(), client_id))


@blueprint.post(f"{CLIENTS}/<client_id>/secret")
@guard(_CHANGING)
def rotate(client_id: str) -> _Answer:
    """Give it a new secret, which is on this page alone."""
    found = client_view(deps(), current_principal(), client_id)
    given = request.form.get("overlap_days", "")
    if given not in map(str, _OVERLAPS):
        return _rotation(found, _("请选择旧密钥还能用几天。")), 422
    try:
        told = rotate_secret(deps(), current_principal(), client_id, int(given), now())
    except (Conflict, NotPermitted) as refused:
        return _rotation(found, _why(refused)), STATUS[type(refused)][0]
    return _told(client_view(deps(), current_principal(), client_id), told.client_secret)


@blueprint.get(f"{CLIENTS}/<client_id>/end")
@guard(_CHANGING)
def before_end(client_id: str) -> str:
    """What comes of it, before it is done."""
    return _ending(client_view(deps(), current_principal(), client_id))


@blueprint.post(f"{CLIENTS}/<client_id>/end")
@guard(_CHANGING)
def end(client_id: str) -> _Answer:
    """End it for good."""
    found = client_view(deps(), current_principal(), client_id)
    try:
        end_client(deps(), current_principal(), client_id, now())
    except NotPermitted as refused:
        return _ending(found, _why(refused)), 403
    return redirect(f"{CLIENTS}/{quote(client_id)}?done=ended", 303)


def _form(
    code: str, name: str, roles: Sequence[str], wrong: set[str] | None = None, why: str = ""
) -> str:
    unit = unit_view(deps(), current_principal(), code)
    return _render(
        "manager_clients/client_form.html",
        unit=unit,
        name=name,
        chosen=roles,
        allowed=client_roles_for(unit.kinds),
        wrong=wrong or set(),
        refused_why=why,
        crumbs=_crumbs(),
    )


def _told(client: ClientView, secret: str) -> str:
    return _render("manager_clients/secret.html", client=client, secret=secret, crumbs=_crumbs())


def _rotation(client: ClientView, why: str = "") -> str:
    return _render(
        "manager_clients/rotate.html",
        client=client,
        overlaps=_OVERLAPS,
        refused_why=why,
        crumbs=_crumbs(client),
    )


def _ending(client: ClientView, why: str = "") -> str:
    return _render(
        "manager_clients/end.html", client=client, refused_why=why, crumbs=_crumbs(client)
    )


def _crumbs(client: ClientView | None = None) -> list[tuple[str, str]]:
    listed = [(_("接入系统"), CLIENTS)]
    return listed + ([(client.name, f"{CLIENTS}/{client.client_id}")] if client else [])


def _render(template: str, **values: Any) -> str:
    return render_console(console_role(), "clients", template, kinds=_roles(), **values)


def _roles() -> dict[str, str]:
    return {
        "relying": _("用证"),
        "issuing": _("发证"),
        "managing": _("管理"),
        "platform": _("商户核对"),
    }


def _why(refused: DomainError) -> str:
    words: dict[str, str] = {
        "own_unit": _("本单位的接入系统，由上级管理单位登记、由本单位专人换密钥和停用。"),
        "unit_closed": _("这个单位已撤销，不能再变更。"),
        "role_not_allowed": _("这类单位的系统没有所选的角色。"),
        "client_ended": _("这个接入系统已停用，不能再换密钥。"),
    }
    return words.get(refused.slug, refused.detail)
