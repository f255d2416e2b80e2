"""What the pages call the ways in which a desk refuses."""

from __future__ import annotations

from flask_babel import gettext as _

from wallet import numbers
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


def wrong_words(wrong: set[str]) -> dict[str, str]:
    """What is wrong with the fields of a report that have these names."""
    words: dict[str, str] = {
        "kind": _("请选发生了什么。"),
        "on": _("请填最近 %(n)s 天内的日期。", n=numbers.REPORT_DAYS),
        "desk": _("最多 100 个字。"),
        "told": _("请写一写经过，最多 500 个字。"),
    }
    return {name: words[name] for name in words if name in wrong}
