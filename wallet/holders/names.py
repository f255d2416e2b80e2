"""Names of holders: how they are masked, and the one form in which an exact name is looked up."""

from __future__ import annotations

import unicodedata
from typing import Final

_DOTS: Final = str.maketrans("•‧・∙．.", "······")
"""The dot between the parts of a name, as keyboards have it; the right one is U+00B7."""


def normalise_name(name: str) -> str:
    """The form under which an equal name is found: one width, one dot, no spaces, one case."""
    dotted = unicodedata.normalize("NFKC", name.translate(_DOTS)).translate(_DOTS)
    return "".join(dotted.split()).casefold()


def masked_name(name: str, kind: str) -> str:
    """A person's first character and one `*`; an organisation's name is public as it stands."""
    return f"{name[:1]}*" if kind == "person" else name
