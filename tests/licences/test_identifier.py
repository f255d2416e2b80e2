"""The licence identifier of GB/T 36904, against published samples and another library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from wallet.errors import Invalid
from wallet.licences.identifier import ROOT, make_identifier, parse_identifier

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "identifiers.json").read_text("utf-8")
)
SAMPLES: list[str] = VECTORS["valid"]
TYPE, ISSUER = "11100000MADEM1014H025", "11150602MADEM0230U"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _covered(identifier: str) -> str:
    return "".join(identifier.removeprefix(f"{ROOT}.").split("."))


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_published_sample_is_taken_apart_and_written_again(sample: str) -> None:
    parsed = parse_identifier(sample)
    assert str(parsed) == sample
    assert parsed.version == 1


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_with_any_one_character_altered_is_refused(sample: str) -> None:
    for place in range(len(ROOT) + 1, len(sample)):
        if sample[place] == ".":
            continue
        for other in ALPHABET.replace(sample[place], ""):
            with pytest.raises(Invalid) as refused:
                parse_identifier(sample[:place] + other + sample[place + 1 :])
            assert refused.value.slug in {"identifier_form", "identifier_check"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        ROOT,
        SAMPLES[0][len(ROOT) + 1 :],
        SAMPLES[0] + ".0",
        SAMPLES[0] + "\n",
        SAMPLES[0].lower(),
        SAMPLES[0].replace(".", "-"),
        SAMPLES[0].replace("001", "００１"),
        "1.2.156.3005.3" + SAMPLES[0][len(ROOT) :],
    ],
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_identifier(text)
    assert refused.value.slug == "identifier_form"


@given(
    serial=st.text(ALPHABET, min_size=7, max_size=32),
    version=st.integers(min_value=1, max_value=999),
)
def test_what_is_made_verifies_with_another_library(serial: str, version: int) -> None:
    made = make_identifier(TYPE, ISSUER, version, serial)
    assert mod_37_36.is_valid(_covered(made))
    parsed = parse_identifier(made)
    assert (parsed.type_code, parsed.issuer_code, parsed.serial, parsed.version) == (
        TYPE, ISSUER, serial, version
    )  # fmt: skip


@pytest.mark.parametrize(("length", "good"), [(6, False), (7, True), (32, True), (33, False)])
def test_a_serial_has_seven_to_thirty_two_characters(length: int, *, good: bool) -> None:
    made = make_identifier(TYPE, ISSUER, 1, "7" * length)
    if good:
        assert parse_identifier(made).serial == "7" * length
    else:
        with pytest.raises(Invalid, match="格式"):
            parse_identifier(made)


def test_a_serial_of_our_own_is_random() -> None:
    made = {make_identifier(TYPE, ISSUER, 1) for _ in range(200)}
    assert len(made) == 200
    assert {len(parse_identifier(identifier).serial) for identifier in made} == {16}
