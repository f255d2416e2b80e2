"""What kind of browser somebody signed in with, so that they know their own devices again.

Kept is a word for the browser and one for the system, and nothing else of what a browser says of
itself: enough to tell the phone from the computer.
"""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

_BROWSERS: Final = (
    ("MicroMessenger", "wechat"),
    ("AlipayClient", "alipay"),
    ("DingTalk", "dingtalk"),
    ("Edg", "edge"),
    ("HuaweiBrowser", "huawei"),
    ("MiuiBrowser", "xiaomi"),
    ("UCBrowser", "uc"),
    ("QQBrowser", "qq"),
    ("Firefox", "firefox"),
    ("FxiOS", "firefox"),
    ("Chrome", "chrome"),
    ("CriOS", "chrome"),
    ("Safari", "safari"),
)
"""What a browser's name for itself holds → its word; the first that fits, since they all claim to
be others as well."""
_SYSTEMS: Final = (
    ("HarmonyOS", "harmonyos"),
    ("OpenHarmony", "harmonyos"),
    ("Android", "android"),
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("Windows", "windows"),
    ("Macintosh", "mac"),
    ("Linux", "linux"),
)
_NAMES: Final = {
    "edge": "Edge", "qq": "QQ", "uc": "UC", "firefox": "Firefox", "chrome": "Chrome",
    "safari": "Safari", "harmonyos": "HarmonyOS", "android": "Android", "iphone": "iPhone",
    "ipad": "iPad", "windows": "Windows", "mac": "Mac", "linux": "Linux",
}  # fmt: skip
"""Names that are the same in every language."""


def device_of(user_agent: str) -> str:
    """The words of browser and system with a space between, `other` for one that is not known."""
    return f"{_first(_BROWSERS, user_agent)} {_first(_SYSTEMS, user_agent)}"


def device_name(device: str) -> str:
    """What `device_of` gave, as a person reads it in the language of the page."""
    translated = {
        "wechat": _("微信"), "alipay": _("支付宝"), "dingtalk": _("钉钉"),
        "huawei": _("华为浏览器"), "xiaomi": _("小米浏览器"),
    }  # fmt: skip
    browser, _sep, system = device.partition(" ")
    name = translated.get(browser) or _NAMES.get(browser) or _("其他浏览器")
    return f"{name} · {_NAMES[system]}" if system in _NAMES else name


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((word for part, word in table if part in user_agent), "other")
