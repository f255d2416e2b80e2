"""A citizen is whoever has the verified number; nobody else is let in, and everybody finds the own licences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support.clock import Clock
from tests.support.people import credentials
from tests.support.representatives import person_born
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.config import CitizenClaims
from wallet.holders.identify import Citizen, find_citizen, read_citizen
from wallet.holders.model import HOLDER_NAME, Account, Holder
from wallet.web.oidc.exchange import Answer
from wallet.web.oidc.finish import Found, Refusal

NUMBER = "150602199003077513"
UNKNOWN = "11010119900307803X"
"""A good number that nobody in the demo has."""
GOOD = {"id_type": "111", "id_number": NUMBER, "id_number_verified": True, "name": "李明"}


def answer(**changed: Any) -> Answer:
    """What a provider says, with other claims; None is none."""
    claims = {name: value for name, value in (GOOD | changed).items() if value is not None}
    return Answer(claims, "e30.e30.AAAA", None)


def found(deps: Deps, clock: Clock, said: Answer, *, add: bool = True) -> Found | Refusal:
    """Whom it means."""
    with deps.db.begin() as tx:
        return find_citizen(tx, said, deps=deps, now=clock.now, add=add)


def name_of(deps: Deps, account: int) -> str:
    """The name of an account."""
    query = select(Holder.name_sealed).join(Account, Account.holder_id == Holder.id)
    row = deps.db.row(query.where(Account.id == account))
    assert row is not None
    return deps.vault.open(row.name_sealed, HOLDER_NAME)


def people(deps: Deps) -> list[int]:
    """How many holders and accounts there are."""
    return [
        deps.db.rows(select(func.count()).select_from(table))[0][0] for table in (Holder, Account)
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id_number": None}, "number_missing"),
        ({"id_number": ""}, "number_missing"),
        ({"id_number": " "}, "number_missing"),
        ({"id_number": [NUMBER]}, "number_missing"),
        ({"id_number": {"value": NUMBER}}, "number_missing"),
        ({"id_number": True, "id_number_verified": None}, "number_unverified"),
        ({"id_number_verified": None}, "number_unverified"),
        ({"id_number_verified": False}, "number_unverified"),
        ({"id_number_verified": "True"}, "number_unverified"),
        ({"id_number_verified": ""}, "number_unverified"),
        ({"id_number_verified": 1}, "number_unverified"),
        ({"id_number_verified": [True]}, "number_unverified"),
        ({"id_number": NUMBER[:-1] + "4"}, "number_unusable"),
        ({"id_number": NUMBER[:-1]}, "number_unusable"),
        ({"id_number": "1101011990030780３X汉"}, "number_unusable"),
        ({"id_number": "11010120990307803X"}, "number_unusable"),
        ({"id_number": "1\x00"}, "number_unusable"),
        ({"id_number": "x" * 100_000}, "number_unusable"),
        ({"id_type": "001", "id_number": "11150602MADEM0230U"}, "number_unusable"),
        ({"id_type": "统一社会信用代码", "id_number": "11150602MADEM0230U"}, "number_unusable"),
        ({"id_type": "card"}, "number_unusable"),
        ({"id_type": "999\x00"}, "number_unusable"),
    ],
)
def test_nobody_is_found(deps: Deps, clock: Clock, changed: dict[str, Any], reason: str) -> None:
    before = people(deps)
    assert found(deps, clock, answer(**changed)) == reason
    assert people(deps) == before


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"id_type": None},
        {"id_type": "居民身份证"},
        {"id_type": 111},
        {"id_number": "１５０６０２１９９００３０７７５１３"},
        {"id_number": f" {NUMBER} "},
        {"id_number": int(NUMBER)},
        {"id_number_verified": "true"},
        {"name": None},
        {"name": ""},
        {"name": "李\u202e明"},
        {"name": 7},
        {"name": "李" * 1001},
    ],
)
def test_who_is_in_the_library_is_found_however_the_number_is_written(
    deps: Deps, clock: Clock, changed: dict[str, Any]
) -> None:
    before = people(deps)
    account = found(deps, clock, answer(**changed))
    assert isinstance(account, Found)
    assert people(deps) == before
    assert name_of(deps, account.id) in ("李明", "7")


def test_a_first_sign_in_opens_an_account_and_the_second_finds_it(deps: Deps, clock: Clock) -> None:
    holders, accounts = people(deps)
    said = answer(id_number=UNKNOWN.lower(), name="欧阳修")
    first = found(deps, clock, said)
    assert people(deps) == [holders + 1, accounts + 1]
    assert found(deps, clock, said) == first
    assert people(deps) == [holders + 1, accounts + 1]
    assert isinstance(first, Found)
    assert name_of(deps, first.id) == "欧阳修"


def test_a_holder_without_an_account_gets_one(deps: Deps, clock: Clock) -> None:
    query = select(Holder.id).where(
        Holder.kind == "person", Holder.id.not_in(select(Account.holder_id))
    )
    waiting = {row.id for row in deps.db.rows(query)}
    assert waiting  # licences came in before their holder ever signed in
    code = credentials(deps.config.data, "people")["holder-elder"]["code"]
    assert isinstance(found(deps, clock, answer(id_number=code)), Found)


def test_nobody_is_added_without_a_name_or_where_someone_else_is_to_confirm(
    deps: Deps, clock: Clock
) -> None:
    before = people(deps)
    assert found(deps, clock, answer(id_number=UNKNOWN, name=None)) == "name_missing"
    assert found(deps, clock, answer(id_number=UNKNOWN, name="\n")) == "name_missing"
    assert found(deps, clock, answer(id_number=UNKNOWN), add=False) == "other_person"
    assert people(deps) == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [("李明", "李明"), ("李 明", "李明"), ("李铭", "李铭"), ("𫍲明", "𫍲明"), ("", "李明")],
)
def test_the_account_takes_the_verified_name_where_it_is_another(
    deps: Deps, clock: Clock, name: str, kept: str
) -> None:
    account = found(deps, clock, answer(name=name))
    assert isinstance(account, Found)
    assert name_of(deps, account.id) == kept


def test_claims_have_the_names_that_the_operator_gives(clock: Clock) -> None:
    names = CitizenClaims(
        code="verified_claims.claims.number",
        code_type="https://id.example/type",
        name="xm",
        verified="verified_claims.level",
        verified_values=frozenset({"L3", "4"}),
    )
    claims = {"https://id.example/type": "414", "xm": "Li", "verified_claims": {
        "claims": {"number": "e12345678"}, "level": 4}}  # fmt: skip
    said = Answer(claims, "", None)
    assert read_citizen(said, names, clock.now) == Citizen("414", "E12345678", "Li")
    claims["verified_claims"]["level"] = "L2"  # type: ignore[index]
    assert read_citizen(said, names, clock.now) == "number_unverified"
    claims["verified_claims"] = "L3"
    assert read_citizen(said, names, clock.now) == "number_missing"


def test_who_is_under_14_does_not_sign_in_and_on_that_birthday_does(
    deps: Deps, clock: Clock
) -> None:
    today = local_day(clock.now)
    fourteen = person_born(today.replace(year=today.year - 14))
    younger = person_born(today.replace(year=today.year - 14) + timedelta(days=1))
    assert isinstance(found(deps, clock, answer(id_number=fourteen.code)), Found)
    before = people(deps)
    assert found(deps, clock, answer(id_number=younger.code)) == "under_14"
    assert people(deps) == before
