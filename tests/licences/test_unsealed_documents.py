"""Licences that are not sealed: no seal, an expired one, an exemption, a character without a glyph."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.documents import signature_of, text_of
from tests.support.licences import FOOD, ISSUER_CODE, food_fields, food_licence, issue
from tests.support.people import Visitor, machine, sign_in
from tests.support.shared import deps_of
from tests.support.showing import identifier_of
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.base.typesetting import undrawable
from wallet.demo.data import load_units
from wallet.demo.seals import add_seals
from wallet.errors import ConfigurationError
from wallet.licences.exempt import end_exemption, exempt
from wallet.organisations.seals import load_seal

BASIS = "《演示办法》第八条"


@pytest.fixture
def deps(app: Flask) -> Deps:
    """The Deps that the app works with."""
    return deps_of(app)


@pytest.fixture
def li(app: Flask) -> Visitor:
    """The phone of 李明."""
    return sign_in(app, "holder-li")


@pytest.fixture
def unsealed(deps: Deps) -> Path:
    """The unit of the food permit has lost its seal; gives where it was."""
    seal = deps.config.seals_dir / f"{ISSUER_CODE}.pem"
    seal.unlink()
    return seal


def ask(holder: Visitor) -> TestResponse:
    return holder.get(f"/api/v1/me/licences/{identifier_of(holder, FOOD)}.pdf")


def slug(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["slug"]


def test_a_unit_without_a_seal_gives_out_no_document(li: Visitor, unsealed: Path) -> None:
    assert slug(ask(li)) == (409, "no_seal")
    page = li.get(f"/wallet/{identifier_of(li, FOOD)}.pdf", headers={"Accept": "text/html"})
    assert page.status_code == 409
    assert "发证单位还没有电子印章" in page.text


def test_a_certificate_that_has_ended_seals_nothing(
    li: Visitor, deps: Deps, unsealed: Path
) -> None:
    unit = next(row for row in load_units() if row.code == ISSUER_CODE)
    long_ago = read_clock() - timedelta(days=3 * 365 + 1)
    add_seals(deps, [unit], long_ago)
    assert slug(ask(li)) == (409, "seal_expired")
    unsealed.unlink()
    add_seals(deps, [unit], read_clock())
    assert ask(li).status_code == 200


def test_an_exempt_type_is_given_out_unsealed_with_the_basis(
    li: Visitor, deps: Deps, unsealed: Path, tmp_path: Path
) -> None:
    now = read_clock()
    exempt(deps, "seal", ISSUER_CODE, FOOD, BASIS, local_day(now), now)
    answer = ask(li)
    assert answer.status_code == 200
    assert f"依据{BASIS}，本证照免予加盖电子印章" in text_of(answer.data, tmp_path)
    assert "does not contain any signatures" in signature_of(answer.data, tmp_path)
    assert end_exemption(deps, "seal", ISSUER_CODE, FOOD, now)
    assert slug(ask(li)) == (409, "no_seal")
    assert not end_exemption(deps, "seal", ISSUER_CODE, FOOD, now)


def test_an_exemption_ends_with_its_last_day(li: Visitor, deps: Deps, unsealed: Path) -> None:
    yesterday = read_clock() - timedelta(days=1)
    exempt(deps, "seal", ISSUER_CODE, FOOD, BASIS, local_day(yesterday), yesterday)
    assert slug(ask(li)) == (409, "no_seal")


def test_an_exemption_is_of_one_type_alone(li: Visitor, deps: Deps, unsealed: Path) -> None:
    now = read_clock()
    exempt(deps, "seal", ISSUER_CODE, "business-licence", BASIS, None, now)
    assert slug(ask(li)) == (409, "no_seal")


def test_a_seal_that_does_not_open_is_no_server_error(li: Visitor, unsealed: Path) -> None:
    unsealed.write_text("damaged")
    unsealed.chmod(0o600)
    assert slug(ask(li)) == (503, "unavailable")


def test_who_has_another_secret_cannot_use_the_seals(deps: Deps) -> None:
    other = replace(deps.config, secret_key="x" * 40)
    with pytest.raises(ConfigurationError, match="does not open"):
        load_seal(other.seals_dir, other.secret_key, ISSUER_CODE)


@pytest.mark.parametrize(
    ("name", "rare"),
    [("𠮷野家（演示）", "𠮷"), ("𠀀𪚥小店", "𠀀𪚥"), ("王\U000f1234", "\U000f1234")],
    ids=["extension B", "rarer", "private use"],
)
def test_a_rare_character_is_printed_or_named_but_never_a_box(
    app: Flask, li: Visitor, deps: Deps, tmp_path: Path, name: str, rare: str
) -> None:
    body = food_licence(deps.config.data, fields=food_fields(operator_name=name))
    licence = issue(machine(app, deps.config.data, "issuer"), body)
    answer = li.get(f"/api/v1/me/licences/{licence['identifier']}.pdf")
    missing = undrawable(rare)
    if not missing:
        assert name in text_of(answer.data, tmp_path)
        return
    assert slug(answer) == (409, "glyph_missing")
    for character in missing:
        assert f"{character}（U+{ord(character):04X}）" in answer.get_json()["detail"]
    assert not list(deps.config.documents_dir.rglob("*.pdf"))
