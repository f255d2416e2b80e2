"""Holder codes: which types there are, and how a code is normalised and checked.

The check digits are python-stdnum's. Its table of areas is not used for resident IDs, since it
lacks those of Ordos (1506xx).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from wallet.errors import Invalid

PERSON_CODE_TYPES: Final = frozenset(
    "111 114 115 118 119 120 122 411 412 413 414 511 516 999".split()
)
ORGANISATION_CODE_TYPES: Final = frozenset({"001", "099"})
CODE_TYPE_NAMES: Final = {
    "统一社会信用代码": "001",
    "其他组织代码": "099",
    "居民身份证": "111",
    "身份证": "111",
    "公民身份号码": "111",
    "军官证": "114",
    "武警警官证": "115",
    "士兵证": "118",
    "武警士兵证": "119",
    "军队文职人员证": "120",
    "武警文职人员证": "122",
    "外交护照": "411",
    "公务护照": "412",
    "公务普通护照": "413",
    "普通护照": "414",
    "护照": "414",
    "台湾居民来往大陆通行证": "511",
    "港澳居民来往内地通行证": "516",
    "其他个人证件": "999",
}
"""What tables call the types of codes."""
RESIDENT_ID: Final = "111"
USCC: Final = "001"
_RESIDENT_ID: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OTHER: Final = re.compile(r"[0-9A-Z一-鿿()（）·/-]{1,64}")


def normalise_holder_code(kind: str, code_type: str, code: str, today: date) -> str:
    """The code in its one form: half-width, upper case, no spaces around.

    `kind` is person or organisation; nobody is born after `today`. Raises Invalid (`holder_code_type`, `holder_code`).
    """
    allowed = PERSON_CODE_TYPES if kind == "person" else ORGANISATION_CODE_TYPES
    if code_type not in allowed:
        raise Invalid("持证主体代码类型与主体类别不符，请核对。", "holder_code_type")
    normal = unicodedata.normalize("NFKC", code).strip().upper()
    if code_type == RESIDENT_ID:
        _check_resident_id(normal, today)
    elif code_type == USCC:
        _check_uscc(normal)
    elif _OTHER.fullmatch(normal) is None:
        raise Invalid("持证主体代码含有不允许的字符。", "holder_code")
    return normal


def _check_resident_id(code: str, today: date) -> None:
    wrong = Invalid("身份证号码不对，请核对各位数字与校验位。", "holder_code")
    if _RESIDENT_ID.fullmatch(code) is None or ric.calc_check_digit(code) != code[-1]:
        raise wrong
    try:
        born = date.fromisoformat(f"{code[6:10]}-{code[10:12]}-{code[12:14]}")
    except ValueError:
        raise wrong from None
    if born > today:
        raise wrong


def _check_uscc(code: str) -> None:
    try:
        uscc.validate(code)
    except ValidationError:
        raise Invalid("统一社会信用代码不对，请核对各位字符与校验位。", "holder_code") from None
