"""A route that will go says so in every answer and in the OpenAPI document, a year before."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema

from tests.support.people import sign_in
from wallet.catalogue.api import blueprint
from wallet.numbers import DEPRECATION_DAYS
from wallet.web.deprecation import Deprecation, deprecated, deprecation_of

SINCE = date(2027, 1, 1)
SUNSET = SINCE + timedelta(days=DEPRECATION_DAYS)
POLICY = Path(__file__).parents[2] / "docs" / "versioning.md"


def announced(app: Flask, endpoint: str) -> Deprecation:
    """Announce a route of an app that is there."""
    view = app.view_functions[endpoint]

    def again(*args: Any, **named: Any) -> Any:
        return view(*args, **named)

    again.__dict__.update(vars(view))
    app.view_functions[endpoint] = deprecated(SINCE, SUNSET, "GET /api/v2/items")(again)
    told = deprecation_of(app.view_functions[endpoint])
    assert told is not None
    return told


def test_every_answer_of_such_a_route_carries_both_headers_and_the_link(own_app: Flask) -> None:
    announced(own_app, "use_list.items")
    http = own_app.test_client()
    for path, status in (("/api/v1/items", 200), ("/api/v1/items?limit=0", 422)):
        answer = http.get(path)
        assert answer.status_code == status
        assert answer.headers["Deprecation"] == "@1798732800"
        assert answer.headers["Sunset"] == "Fri, 31 Dec 2027 16:00:00 GMT"
        assert 'rel="deprecation"' in answer.headers["Link"]
    assert "Deprecation" not in http.get("/api/v1/catalogue").headers


def test_who_is_refused_hears_it_too(own_app: Flask) -> None:
    announced(own_app, "beyond.grants")
    assert "Sunset" in own_app.test_client().get("/api/v1/grants").headers
    assert "Sunset" in sign_in(own_app, "holder-li").get("/api/v1/grants").headers


def test_the_document_marks_it_and_names_what_to_call_instead(own_app: Flask) -> None:
    announced(own_app, "use_list.items")
    paths = own_app.test_client().get("/api/openapi.json").get_json()["paths"]
    assert paths["/api/v1/items"]["get"]["deprecated"] is True
    assert "GET /api/v2/items" in paths["/api/v1/items"]["get"]["description"]
    marked = [path for path, methods in paths.items() if "deprecated" in str(methods)]
    assert marked == ["/api/v1/items"]


def test_a_decorated_route_keeps_its_announcement_through_the_others() -> None:
    class Nothing(Schema):
        """No member."""

    view = deprecated(SINCE, SUNSET, "x")(lambda: None)
    assert deprecation_of(blueprint.response(200, Nothing)(view)) is not None


def test_a_shorter_notice_does_not_start() -> None:
    with pytest.raises(ValueError, match="365"):
        deprecated(SINCE, SUNSET - timedelta(days=1), "x")


def test_every_deprecated_route_is_in_the_policy_and_carries_both_headers(app: Flask) -> None:
    listed = set(re.findall(r"^\| `([^`]+)` \|", POLICY.read_text("utf-8"), re.MULTILINE))
    going = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if deprecation_of(app.view_functions[rule.endpoint])
    }
    assert going == listed
    for view in filter(None, map(deprecation_of, app.view_functions.values())):
        assert {"Deprecation", "Sunset", "Link"} == view.headers.keys()
