"""What may go into one code, and what a matter proposes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.grants import change_item
from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.showing import (
    DRIVING,
    EXPIRED,
    FOOD,
    IDENTITY,
    MARRIAGE,
    OPEN_A_SHOP,
    OPERATOR,
    RENEWAL,
    SENIOR,
    identifier_of,
    set_licence,
)
from wallet.base.clock import read_clock
from wallet.holders.sign_in import load_holder
from wallet.numbers import MATTERS_SHOWN
from wallet.showing.choose import Choice, choose
from wallet.web.cookies import SESSION_COOKIE
from wallet.web.principal import Principal


def account(app: Flask, persona: str) -> Principal:
    visitor = sign_in(app, persona)
    cookie = visitor.http.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    principal = load_holder(deps_of(app), cookie.value, read_clock())
    assert principal is not None
    return principal


def chosen(app: Flask, persona: str, item: str | None = None, asked: str = "") -> Choice:
    return choose(deps_of(app), account(app, persona), item, asked, read_clock())


def types(choice: Choice, *, proposed: bool = False) -> set[str]:
    return {
        one.type_code
        for one in choice.licences
        if not proposed or one.identifier in choice.proposed
    }


def test_all_that_can_be_shown_is_there_and_nothing_else(shared_app: Flask) -> None:
    choice = chosen(shared_app, "holder-li")
    assert {FOOD, DRIVING, OPERATOR} <= types(choice)
    assert EXPIRED not in types(choice)
    assert {one.status for one in choice.licences} == {"valid"}
    assert types(choice, proposed=True) == set()


def test_a_matter_proposes_what_its_material_names_and_says_what_is_lacking(
    shared_app: Flask,
) -> None:
    choice = chosen(shared_app, "holder-li", OPEN_A_SHOP)
    assert choice.matter is not None
    assert [len(one.types) for one in choice.matter.materials] == [1, 1, 1]
    assert types(choice, proposed=True) == {FOOD}
    assert [one.type_code for one in choice.stopped] == [EXPIRED]
    assert [[one.code for one in some] for some in choice.missing] == [["business-licence"]]
    assert {FOOD, DRIVING} <= types(choice)


def test_a_matter_that_any_of_several_satisfies_proposes_one(shared_app: Flask) -> None:
    choice = chosen(shared_app, "holder-li", IDENTITY)
    assert choice.matter is not None
    assert [one.all_of for one in choice.matter.materials] == [False]
    assert len(choice.proposed) == 1
    assert types(choice, proposed=True) <= {DRIVING, OPERATOR}
    assert (choice.stopped, choice.missing) == ([], [])


def test_a_material_that_takes_all_of_its_types_says_which_of_them_is_lacking(
    shared_app: Flask,
) -> None:
    choice = chosen(shared_app, "holder-li", "road-traffic-check")
    assert choice.matter is not None
    assert [one.all_of for one in choice.matter.materials] == [True]
    assert types(choice, proposed=True) == {DRIVING}
    assert [[one.code for one in some] for some in choice.missing] == [["vehicle-licence"]]


def test_one_of_several_that_would_do_is_lacking_as_one(shared_app: Flask) -> None:
    choice = chosen(shared_app, "holder-li", "bank-senior-service")
    assert choice.proposed == frozenset()
    assert [[one.code for one in some] for some in choice.missing] == [
        [SENIOR, "disability-certificate"]
    ]


def test_a_material_that_only_some_need_is_neither_proposed_nor_lacking(shared_app: Flask) -> None:
    choice = chosen(shared_app, "holder-li", "bank-home-loan")
    assert choice.matter is not None
    assert [one.needed for one in choice.matter.materials] == [True, False]
    assert MARRIAGE not in types(choice, proposed=True)
    assert [[one.code for one in some] for some in choice.missing] == [["real-estate-certificate"]]


def test_a_matter_that_was_withdrawn_is_not_chosen(app: Flask) -> None:
    assert RENEWAL in {one.code for one in chosen(app, "holder-li", asked="延续").matters}
    change_item(deps_of(app), RENEWAL, withdrawn_at=read_clock())
    assert chosen(app, "holder-li", asked="延续").matters == []
    assert chosen(app, "holder-li", RENEWAL).matter is None


def test_a_matter_whose_licence_has_just_ended_says_so_instead(app: Flask) -> None:
    li = sign_in(app, "holder-li")
    yesterday = read_clock().date() - timedelta(days=2)
    set_licence(deps_of(app), identifier_of(li, FOOD), valid_until=yesterday)
    choice = chosen(app, "holder-li", RENEWAL)
    assert choice.proposed == frozenset()
    assert [(one.type_code, one.status) for one in choice.stopped] == [(FOOD, "expired")]
    assert choice.missing == []


def test_what_was_entrusted_is_proposed_too(shared_app: Flask) -> None:
    choice = chosen(shared_app, "delegate-li", "senior-allowance")
    assert types(choice, proposed=True) == {SENIOR}
    assert {one.role for one in choice.licences if one.type_code == SENIOR} == {"delegate"}


@pytest.mark.parametrize("item", ["nothing", "", "'; --", "食"])
def test_a_matter_that_is_not_there_is_none_chosen(shared_app: Flask, item: str) -> None:
    choice = chosen(shared_app, "holder-li", item)
    assert choice.matter is None
    assert choice.matters


def test_matters_are_those_that_an_own_licence_satisfies(shared_app: Flask) -> None:
    choice = chosen(shared_app, "holder-li")
    assert len(choice.matters) == MATTERS_SHOWN
    assert choice.more
    codes = {one.code for one in choice.matters}
    assert "senior-allowance" not in codes


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("食品 延续", {RENEWAL}),
        ("东胜区 本人核对", {IDENTITY}),
        ("OPENING a shop", {OPEN_A_SHOP}),
        ("100%", set()),
        ("_", set()),
        ("没有这样的事", set()),
    ],
)
def test_a_matter_is_found_by_words_of_its_name_and_its_unit(
    shared_app: Flask, asked: str, found: set[str]
) -> None:
    choice = chosen(shared_app, "holder-li", asked=asked)
    assert {one.code for one in choice.matters} == found
    assert not choice.more
