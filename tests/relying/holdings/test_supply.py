"""What the library can supply of a material, held against every combination of what is granted and held."""

from __future__ import annotations

from itertools import chain, combinations, product

from wallet.catalogue.matters import Material, Matter, TypeName
from wallet.relying.holdings.supply import supplies

TYPES = ("a", "b", "c")


def subsets() -> list[set[str]]:
    return [set(some) for some in chain(*(combinations(TYPES, n) for n in range(len(TYPES) + 1)))]


def matter(*, all_of: bool) -> Matter:
    types = [TypeName(code, code, code) for code in TYPES]
    return Matter("i", "i", "i", "u", "t", "t", "第一条", [Material("m", "m", True, all_of, types)])


def test_any_of_is_held_by_one_and_all_of_by_all() -> None:
    for all_of, granted, some in product((False, True), subsets(), subsets()):
        held = some & granted  # another is never looked up
        (one,) = supplies(matter(all_of=all_of), granted, held, set(), "not_held")
        assert one.held == (held == set(TYPES) if all_of else bool(held))
        assert one.held == (one.exception is None) == (not one.missing)
        assert {type.code for type in one.supplied} <= held
        if one.exception is not None:
            unknown = {type.code for type in one.missing} - granted
            assert one.exception.reason == ("not_granted" if unknown else "not_held")
            assert one.exception.basis == "第一条"


def test_one_that_is_in_the_code_comes_before_others_that_are_held() -> None:
    (one,) = supplies(matter(all_of=False), TYPES, {"a", "b"}, {"b"}, "not_held")
    assert ([type.code for type in one.supplied], one.shown, one.licence_type) == (["b"], True, "b")


def test_of_all_of_what_is_there_and_what_is_missing_are_both_said() -> None:
    (one,) = supplies(matter(all_of=True), TYPES, {"a", "c"}, {"a"}, "not_entrusted")
    assert ([type.code for type in one.supplied], [type.code for type in one.missing]) == (
        ["a", "c"], ["b"],
    )  # fmt: skip
    assert one.exception is not None
    assert (one.held, one.shown, one.exception.reason) == (False, False, "not_entrusted")
