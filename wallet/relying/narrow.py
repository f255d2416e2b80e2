"""A desk may ask for fewer fields than it was granted, never for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verify.verdict import WantedFields
from wallet.relying.grants import ItemGrant, within


def narrowed(
    grant: ItemGrant, wanted: WantedFields | None, numbers: Sequence[int]
) -> ItemGrant | None:
    """The grant with the fields that are wanted of a code of these types (short numbers); None when one is beyond it.

    A list of keys is wanted of every type of the code that was granted it; of a type that a mapping
    (type code → keys) does not name, no field is.
    """
    if wanted is None:
        return grant
    by_code = {one.code: one.fields for one in grant.types.values()}
    if isinstance(wanted, Mapping):
        if any(not set(keys) <= set(by_code.get(code, ())) for code, keys in wanted.items()):
            return None
        keys_of = {code: wanted.get(code, ()) for code in by_code}
    else:
        of_code = [grant.types[number].fields for number in numbers]
        if not set(wanted) <= {key for fields in of_code for key in fields}:
            return None
        keys_of = dict.fromkeys(by_code, wanted)
    types = {
        number: replace(one, fields=within(one.fields, keys_of[one.code]))
        for number, one in grant.types.items()
    }
    return replace(grant, types=types)
