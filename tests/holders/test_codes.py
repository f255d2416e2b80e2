"""Codes of holders: one form each, and every check digit is checked."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from stdnum.cn import ric

from wallet.errors import Invalid
from wallet.holders.codes import (
    ORGANISATION_CODE_TYPES,
    PERSON_CODE_TYPES,
    normalise_holder_code,
)
from wallet.holders.names import masked_name

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "identifiers.json").read_text("utf-8")
)
WITH_X = "11010519491231002X"
"""The example of GB 11643."""
USCC = "91350100M000100Y43"
"""The example of python-stdnum."""
TODAY = date(2026, 2, 3)


def _refused(kind: str, code_type: str, code: str) -> str:
    with pytest.raises(Invalid) as refused:
        normalise_holder_code(kind, code_type, code, TODAY)
    assert code not in refused.value.detail
    return refused.value.slug


@pytest.mark.parametrize("code", [*VECTORS["resident_ids"]["valid"], WITH_X])
def test_a_resident_id_is_good_only_with_its_own_check_digit(code: str) -> None:
    assert normalise_holder_code("person", "111", code, TODAY) == code
    for digit in "0123456789X".replace(code[-1], ""):
        assert _refused("person", "111", code[:-1] + digit) == "holder_code"


@pytest.mark.parametrize("code", [*VECTORS["resident_ids"]["valid"], WITH_X])
def test_any_one_digit_altered_is_noticed(code: str) -> None:
    for place in range(17):
        for digit in "0123456789".replace(code[place], ""):
            assert _refused("person", "111", code[:place] + digit + code[place + 1 :]) == (
                "holder_code"
            )


@pytest.mark.parametrize(
    "given",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        f" {WITH_X} ",
        "１1010519491231002ｘ",
    ],
)
def test_lower_case_and_full_width_are_normalised(given: str) -> None:
    assert normalise_holder_code("person", "111", given, TODAY) == WITH_X


@pytest.mark.parametrize(
    "code",
    [
        "",
        WITH_X[:-1],
        WITH_X + "0",
        WITH_X[:15],
        "X" * 18,
        "1101051949123100 2X",
        "000000194912310021",
    ],
)
def test_another_form_is_no_resident_id(code: str) -> None:
    with pytest.raises(Invalid, match="身份证号码"):
        normalise_holder_code("person", "111", code, TODAY)


def test_a_credit_code_is_good_only_with_its_own_check_character() -> None:
    assert normalise_holder_code("organisation", "001", USCC.lower(), TODAY) == USCC
    for character in "0123456789ABCDEFGHJKLMNPQRTUWXY".replace(USCC[-1], ""):
        assert _refused("organisation", "001", USCC[:-1] + character) == "holder_code"


def test_each_kind_has_its_own_code_types() -> None:
    assert set() == PERSON_CODE_TYPES & ORGANISATION_CODE_TYPES
    for code_type in PERSON_CODE_TYPES:
        assert _refused("organisation", code_type, "E12345678") == "holder_code_type"
    for code_type in ORGANISATION_CODE_TYPES:
        assert _refused("person", code_type, "E12345678") == "holder_code_type"
    for code_type in ("", "1", "０01", "112"):
        assert _refused("person", code_type, "E12345678") == "holder_code_type"


@pytest.mark.parametrize("code_type", sorted(PERSON_CODE_TYPES - {"111"}))
def test_other_papers_are_kept_in_upper_case(code_type: str) -> None:
    assert normalise_holder_code("person", code_type, "e12345678", TODAY) == "E12345678"
    assert (
        normalise_holder_code("person", code_type, "北字第（2020）1号", TODAY) == "北字第(2020)1号"
    )
    for wrong in ("<script>", "a;b", "", "x" * 65, "a\0b"):
        assert _refused("person", code_type, wrong or "\u200b") == "holder_code"


@pytest.mark.parametrize(
    ("name", "kind", "masked"),
    [("李明", "person", "李*"), ("欧阳娜娜", "person", "欧*"), ("𠮷野", "person", "𠮷*"),
     ("蓝城公司", "organisation", "蓝城公司")],
)  # fmt: skip
def test_a_persons_name_is_masked_to_its_first_character(name: str, kind: str, masked: str) -> None:
    assert masked_name(name, kind) == masked


def test_a_person_may_be_born_today_and_not_tomorrow() -> None:
    first = f"150602{TODAY:%Y%m%d}001"
    code = first + ric.calc_check_digit(first + "0")
    assert normalise_holder_code("person", "111", code, TODAY) == code
    with pytest.raises(Invalid) as refused:
        normalise_holder_code("person", "111", code, TODAY - timedelta(days=1))
    assert refused.value.slug == "holder_code"
