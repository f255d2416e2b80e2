"""Personal values at rest: bound to their place, found only with the key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.base.encryption import InvalidTag, Vault, derive_key

SECRET = "k3yF0rTests-" * 4
VAULT = Vault(SECRET)


@given(value=st.text(max_size=200))
def test_what_is_sealed_opens_in_its_place(value: str) -> None:
    assert VAULT.open(VAULT.seal(value, "holders.name"), "holders.name") == value


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert len({VAULT.seal("李明", "holders.name") for _ in range(100)}) == 100


def test_a_value_does_not_open_in_another_place_or_with_another_secret() -> None:
    sealed = VAULT.seal("李明", "holders.name")
    for vault, context in (
        (VAULT, "holders.code"),
        (VAULT, ""),
        (Vault(SECRET + "x"), "holders.name"),
    ):
        with pytest.raises(InvalidTag):
            vault.open(sealed, context)


def test_any_flipped_bit_is_noticed() -> None:
    sealed = VAULT.seal("李明", "holders.name")
    for place in range(len(sealed) * 8):
        tampered = bytearray(sealed)
        tampered[place // 8] ^= 1 << place % 8
        with pytest.raises(InvalidTag):
            VAULT.open(bytes(tampered), "holders.name")


def test_a_value_cut_short_is_noticed() -> None:
    sealed = VAULT.seal("李明", "holders.name")
    for length in range(12, len(sealed)):
        with pytest.raises(InvalidTag):
            VAULT.open(sealed[:length], "holders.name")


def test_a_sealed_value_does_not_contain_the_plain_one() -> None:
    assert b"150602199003077513" not in VAULT.seal("150602199003077513", "holders.code")


def test_a_blind_index_is_equal_for_equal_values_of_one_place_and_key() -> None:
    index = VAULT.index("150602199003077513", "holders.code 111")
    assert len(index) == 16
    assert index == VAULT.index("150602199003077513", "holders.code 111")
    others = {
        VAULT.index("150602199003077514", "holders.code 111"),
        VAULT.index("150602199003077513", "holders.code 414"),
        Vault(SECRET + "x").index("150602199003077513", "holders.code 111"),
    }
    assert len(others) == 3
    assert index not in others


def test_keys_of_two_purposes_have_nothing_in_common() -> None:
    keys = {derive_key(SECRET, purpose) for purpose in ("csrf", "blind index", "signing keys", "")}
    assert len(keys) == 4
    assert derive_key(SECRET, "csrf") == derive_key(SECRET, "csrf")
    assert len(derive_key(SECRET, "handles", 16)) == 16
