"""The table that the demo prints says where each person lands after signing in."""

from __future__ import annotations

from flask import Flask

from tests.support.people import sign_in
from tests.support.shared import deps_of
from wallet.demo.data import load_holders, load_staff
from wallet.demo.table import who_can_sign_in


def test_the_page_of_each_person_is_where_the_home_leads(shared_app: Flask) -> None:
    lines = who_can_sign_in(deps_of(shared_app).config).splitlines()
    told = {
        words[0]: next(word for word in words if word.startswith("/"))
        for line in lines
        if (words := line.split()) and words[0] in {**load_holders(), **load_staff()}
    }
    led = {login: sign_in(shared_app, login).get("/").location for login in told}
    assert {login: page or "/account" for login, page in led.items()} == told
    assert len(told) == len(load_holders()) + len(load_staff())
