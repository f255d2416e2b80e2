"""The words of units and people: levels, kinds, roles, and why something is refused."""

from __future__ import annotations

from flask_babel import gettext as _

from wallet.errors import DomainError


def level_words() -> dict[str, str]:
    """Level → what it is called."""
    return {
        "region": _("自治区"),
        "city": _("盟市"),
        "county": _("旗县（区）"),
        "society": _("社会主体"),
    }


def kind_words() -> dict[str, str]:
    """Kind of unit → what it is called."""
    return {
        "managing": _("管理单位"),
        "issuing": _("发证单位"),
        "relying": _("用证单位"),
        "social": _("社会化用证主体"),
        "platform": _("平台企业"),
    }


def role_words() -> dict[str, str]:
    """Role of staff → what it is called."""
    return {
        "desk": _("窗口人员"),
        "counter": _("帮办代办人员"),
        "issuer": _("发证单位经办人"),
        "manager": _("管理单位人员"),
        "auditor": _("审计人员"),
        "responsible": _("单位专人"),
    }


def wrong_words(members: set[str]) -> dict[str, str]:
    """What is wrong with these members of a form on units or people."""
    words: dict[str, str] = {
        "code": _("请填写 18 位统一社会信用代码，字母大写，核对校验位。"),
        "name": _("请填写名称，不要太长。"),
        "name_en": _("英文名称太长，或有不能使用的字符。"),
        "level": _("请选择层级，不能高于上级单位。"),
        "kinds": _("请至少选择一类，并与层级相符。"),
        "area_code": _("请填写 6 位区划代码，与层级相符，并在上级单位的区划之内。"),
        "parent": _("请选择管理范围内的管理单位，不能是本单位自己或其下级。"),
        "login": _("请填写登录名：字母、数字和 . _ @ -。"),
        "roles": _("请至少选择一个这个单位可以有的角色。"),
        "terminal": _("窗口名称太长，或有不能使用的字符。"),
        "phone": _("请填写电话号码，只用数字、空格和 -。"),
    }
    return {member: words[member] for member in words if member in members}


def refusal_words(refused: DomainError) -> str:
    """Why something is refused, in the language of the page."""
    words: dict[str, str] = {
        "own_unit": _("本单位的登记和人员，由上级管理单位或本单位专人维护。"),
        "own_account": _("自己的角色、停用和专人备案，请由他人办理。"),
        "from_above": _("管理和审计角色由上级管理单位的人员授予和收回。"),
        "unit_exists": _("已有单位用了这一统一社会信用代码，请核对。"),
        "unit_closed": _("这个单位已撤销，不能再变更。"),
        "units_below": _("下面还有未撤销的单位，请先撤销或移走。"),
        "kind_in_use": _("还有人员或系统按此类别办事，请先调整其角色再去掉这一类别。"),
        "already_responsible": _("此人已是这个单位的专人。"),
        "login_taken": _("这个登录名已有账号，请核对或换一个。"),
        "last_manager": _("这是管理单位最后一位管理人员，请先增加另一位再办。"),
        "is_responsible": _("此人是单位的专人，请先办理专人交接。"),
        "role_not_allowed": _("请至少选择一个这个单位可以有的角色。"),
        "invalid_unit": _("与上级或下级单位不相符，请核对层级、类别和区划。"),
    }
    return words.get(refused.slug, refused.detail)
