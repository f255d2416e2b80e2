"""What the pages call the ways in which a desk refuses."""

from __future__ import annotations

from flask_babel import gettext as _

from wallet.relying.desk_refusals.model import KINDS


def kind_words() -> dict[str, str]:
    """By kind."""
    words: dict[str, str] = {
        "code": _("不收手机上的亮证码"),
        "copy": _("不收纸质加注件"),
        "paper_asked": _("库里有，仍要求交纸质材料"),
    }
    assert words.keys() == set(KINDS)
    return words
