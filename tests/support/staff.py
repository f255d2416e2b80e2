"""Staff of a unit as journeys are handed them, and the forms that their browsers send."""

from __future__ import annotations

from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.people import Visitor
from wallet.base.deps import Deps
from wallet.organisations.model import Staff
from wallet.web.principal import Principal


def staff_of(deps: Deps, login: str) -> Principal:
    """A staff member of the demo."""
    row = deps.db.row(select(Staff).where(Staff.login == login))
    assert row is not None
    return Principal("staff", row.id, 0, login, frozenset(row.roles), row.unit_id)


def send_form(visitor: Visitor, path: str, **fields: str) -> TestResponse:
    """POST a form as a page does, with its CSRF token."""
    cookie = visitor.http.get_cookie("csrf_token")
    assert cookie is not None
    return visitor.http.post(
        path, data={"csrf_token": cookie.value, **fields}, headers={"Accept": "text/html"}
    )
