"""A device is named so that its owner knows it again."""

from __future__ import annotations

import pytest
from flask import Flask

from wallet.web.devices import device_name, device_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "device", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/120.0 Safari/537.36", "chrome linux", "Chrome · Linux"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "firefox linux", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1 Version/17.1 Mobile/15E148 Safari/604.1", "safari iphone", "Safari · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/17.1 Safari/605.1", "safari mac", "Safari · Mac"),
        (f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {WEBKIT} Chrome/114.0 HuaweiBrowser/5.0", "huawei harmonyos", "华为浏览器 · HarmonyOS"),
        ("curl/8.0", "other other", "其他浏览器"),
        ("", "other other", "其他浏览器"),
        ("汉" * 5000, "other other", "其他浏览器"),
    ],
)  # fmt: skip
def test_browser_and_system_are_told(
    shared_app: Flask, user_agent: str, device: str, name: str
) -> None:
    assert device_of(user_agent) == device
    with shared_app.test_request_context():
        assert device_name(device) == name
        assert device_name("") == "其他浏览器"
