"""Machine clients on pages: a secret is shown once, rotated, ended; clients are bound to grants; the rule is set."""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.beyond import grant_ids
from tests.support.hall import deps
from tests.support.items import EDITOR
from tests.support.people import Visitor, sign_in
from tests.support.units import HALL
from wallet.base.deps import Deps
from wallet.web.cookies import CSRF_COOKIE

__all__ = ["deps"]
CLIENT = "/manager/clients/demo-relying"


def _send(visitor: Visitor, path: str, **fields: str | list[str]) -> TestResponse:
    cookie = visitor.http.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    return visitor.http.post(path, data={**fields, "csrf_token": cookie.value})


def _shown(page: str, what: str) -> str:
    found = re.search(f'data-testid="{what}">([^<]+)<', page)
    assert found is not None, page
    return found[1]


def _token(app: Flask, client_id: str, secret: str) -> int:
    form = {"grant_type": "client_credentials"}
    http = app.test_client(use_cookies=False)
    return http.post("/oauth/token", data=form, auth=(client_id, secret)).status_code


def test_a_secret_is_shown_once_rotated_and_ended(app: Flask) -> None:
    sun, path = sign_in(app, "manager-sun"), f"/manager/units/{HALL}/client"
    wrong = _send(sun, path, name="", roles=[])
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 1
    assert _send(sun, path, name="叫号系统", roles="issuing").status_code == 422
    first = _send(sun, path, name="叫号系统", roles="relying").text
    client_id, secret = _shown(first, "client-id"), _shown(first, "client-secret")
    page = f"/manager/clients/{client_id}"
    assert "叫号系统" in sun.get("/manager/clients").text
    assert secret not in sun.get(page).text
    assert _token(app, client_id, secret) == 200
    assert _send(sun, f"{page}/secret", overlap_days="3").status_code == 422
    again = _shown(_send(sun, f"{page}/secret", overlap_days="7").text, "client-secret")
    assert [_token(app, client_id, one) for one in (secret, again)] == [200, 200]
    last = _shown(_send(sun, f"{page}/secret", overlap_days="0").text, "client-secret")
    assert [_token(app, client_id, one) for one in (secret, again, last)] == [401, 401, 200]
    assert _send(sun, f"{page}/end").status_code == 303
    assert _token(app, client_id, last) == 401
    assert "已停用" in sun.get(page).text
    lists = [sun.get(f"/manager/clients{query}").text for query in ("", "?ended=1")]
    assert [page in listed for listed in lists] == [False, True]
    assert _send(sun, f"{page}/secret", overlap_days="7").status_code == 409


def test_the_responsible_person_rotates_the_own_units_and_adds_none(app: Flask) -> None:
    responsible = sign_in(app, EDITOR)
    assert "demo-relying" in responsible.get("/manager/clients").text
    assert "client-secret" in _send(responsible, f"{CLIENT}/secret", overlap_days="7").text
    assert responsible.get(f"/manager/units/{HALL}/client").status_code == 403


def test_clients_are_bound_on_the_page_of_a_grant(app: Flask, deps: Deps) -> None:
    sun, path = sign_in(app, "manager-sun"), f"/manager/grants/{grant_ids(deps)[0]}"
    box = re.compile(r'value="demo-relying"( checked)?>')
    assert box.findall(sun.get(path).text) == [" checked"]
    assert path in sun.get(CLIENT).text
    assert _send(sun, f"{path}/clients").status_code == 303
    assert box.findall(sun.get(path).text) == [""]
    assert _send(sun, f"{path}/clients", clients="demo-issuer").status_code == 404
    assert _send(sun, f"{path}/clients", clients="demo-relying").status_code == 303
    assert box.findall(sun.get(path).text) == [" checked"]


def test_the_rule_is_set_within_its_limits(app: Flask) -> None:
    sun, path = sign_in(app, "manager-sun"), "/manager/suspension-rule"
    for refusals, minutes in (("0", "5"), ("x", "5"), ("", "5"), ("5", "99999")):
        answer = _send(sun, path, refusals=refusals, minutes=minutes)
        assert answer.status_code == 422
        assert answer.text.count('aria-invalid="true"') == 1
    assert _send(sun, path, refusals="3", minutes="5").status_code == 303
    assert 'value="3"' in sun.get(path).text
    assert sun.get("/api/v1/suspension-rule").get_json()["refusals"] == 3
    assert "5 分钟内超出授权 3 次" in sun.get("/manager/grants").text
