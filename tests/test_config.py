"""The server refuses to start on settings that are not safe, and says which to mend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wallet.base.webhooks import new_secret
from wallet.config import load_config
from wallet.errors import ConfigurationError

PLATFORM = {
    "PLATFORM_URL": "https://platform.example.gov.cn/in",
    "PLATFORM_CLIENT_ID": "ordos",
    "PLATFORM_SECRET": new_secret(),
}
PROVIDER = {
    "OIDC_CITIZEN_ISSUER": "https://id.example.gov.cn",
    "OIDC_CITIZEN_CLIENT_ID": "lz",
    "OIDC_CITIZEN_CLIENT_SECRET": "iPaGfCsHy9oUd2ELmx5RkZb0tVn3wJ7q",
}
SECRET = "q7Jw3nVt0bZkR5xLmE2dUo9yHsCfGaPi"


def settings(tmp_path: Path, **changed: str) -> dict[str, str]:
    names = {f"LIANGZHENG_{name}": value for name, value in changed.items()}
    return {"DATA": str(tmp_path), "LIANGZHENG_SECRET_KEY": SECRET} | names


def test_what_is_not_set_has_a_safe_default(tmp_path: Path) -> None:
    config = load_config(settings(tmp_path))
    assert config.public_url == "http://127.0.0.1:8000"
    assert config.database_url == f"sqlite:///{tmp_path}/liangzheng.db"
    assert (config.demo, config.workers, config.issuer) == (False, 1, "150600")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": ""}, "LIANGZHENG_SECRET_KEY"),
        ({"SECRET_KEY": SECRET[:31]}, "at least 32"),
        ({"SECRET_KEY": "please-CHANGE-me-0123456789abcdefgh"}, "placeholder"),
        ({"SECRET_KEY": "ab" * 32}, "placeholder"),
        ({"DEMO": "1"}, "LIANGZHENG_DEMO"),
        ({"PORT": "eighty"}, "LIANGZHENG_PORT"),
        ({"WORKERS": "-1"}, "LIANGZHENG_WORKERS"),
        ({"TRUSTED_PROXIES": "proxy.example.gov.cn"}, "LIANGZHENG_TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "LIANGZHENG_TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "10.0.0.1,0.0.0.0/0"}, "LIANGZHENG_TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "::/0"}, "LIANGZHENG_TRUSTED_PROXIES"),
        ({"PUBLIC_URL": "lz.example.gov.cn"}, "LIANGZHENG_PUBLIC_URL"),
        ({"PUBLIC_URL": "ftp://lz.example.gov.cn"}, "LIANGZHENG_PUBLIC_URL"),
        ({"PUBLIC_URL": "https://lz.example.gov.cn/app"}, "LIANGZHENG_PUBLIC_URL"),
        (PLATFORM | {"PLATFORM_URL": "http://platform.example.gov.cn"}, "LIANGZHENG_PLATFORM_URL"),
        (PLATFORM | {"PLATFORM_URL": "ftp://127.0.0.1"}, "LIANGZHENG_PLATFORM_URL"),
        (PLATFORM | {"PLATFORM_CLIENT_ID": ""}, "LIANGZHENG_PLATFORM_CLIENT_ID"),
        (PLATFORM | {"PLATFORM_CLIENT_ID": "鄂尔多斯"}, "LIANGZHENG_PLATFORM_CLIENT_ID"),
        (PLATFORM | {"PLATFORM_SECRET": "whsec_c2hvcnQ="}, "LIANGZHENG_PLATFORM_SECRET"),
        (PLATFORM | {"PLATFORM_SECRET": "whsec_*"}, "LIANGZHENG_PLATFORM_SECRET"),
        (PROVIDER | {"OIDC_CITIZEN_ISSUER": "http://id.example.gov.cn"}, "CITIZEN_ISSUER"),
        (PROVIDER | {"OIDC_CITIZEN_ISSUER": "https://id.example.gov.cn/?a=b"}, "CITIZEN_ISSUER"),
        (PROVIDER | {"OIDC_CITIZEN_ISSUER": "https://["}, "CITIZEN_ISSUER"),
        (PROVIDER | {"OIDC_CITIZEN_CLIENT_ID": ""}, "CITIZEN_CLIENT_ID"),
        (PROVIDER | {"OIDC_CITIZEN_CLIENT_SECRET": ""}, "CITIZEN_CLIENT_SECRET"),
        (PROVIDER | {"OIDC_CITIZEN_SCOPE": "profile"}, "CITIZEN_SCOPE"),
        ({"OIDC_STAFF_ISSUER": "https://id.example.gov.cn"}, "OIDC_STAFF_CLIENT_ID"),
    ],
)
def test_it_refuses(changed: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=named):
        load_config(settings(tmp_path, **changed))


def test_proxies_are_networks_or_single_addresses(tmp_path: Path) -> None:
    assert load_config(settings(tmp_path)).trusted_proxies == ()
    config = load_config(settings(tmp_path, TRUSTED_PROXIES=" 10.0.0.1, 2001:db8::/32 ,"))
    assert [str(one) for one in config.trusted_proxies] == ["10.0.0.1/32", "2001:db8::/32"]


def test_a_platform_is_taken_as_it_is_given(tmp_path: Path) -> None:
    config = load_config(settings(tmp_path, **PLATFORM))
    assert config.platform_url == PLATFORM["PLATFORM_URL"]
    assert PLATFORM["PLATFORM_SECRET"] not in repr(config)


def test_identity_providers_are_taken_as_they_are_given(tmp_path: Path) -> None:
    assert load_config(settings(tmp_path)).oidc_citizen is None
    more = {
        "OIDC_CITIZEN_SCOPE": "openid identity",
        "OIDC_CITIZEN_VERIFIED_VALUES": " L3 ,L4,",
        "OIDC_STAFF_ISSUER": "http://127.0.0.1:9000/realms/staff",
        "OIDC_STAFF_CLIENT_ID": "lz",
        "OIDC_STAFF_CLIENT_SECRET": SECRET[::-1],
        "OIDC_STAFF_LOGIN_CLAIM": "employee",
    }
    config = load_config(settings(tmp_path, **PROVIDER, **more))
    assert config.oidc_citizen is not None
    assert config.oidc_staff is not None
    assert config.oidc_citizen.scope == "openid identity"
    assert config.citizen_claims.verified_values == {"L3", "L4"}
    assert (config.oidc_staff.scope, config.staff_login_claim) == ("openid", "employee")
    assert SECRET[::-1] not in repr(config)


def test_a_secret_is_never_part_of_the_refusal(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_config(settings(tmp_path, SECRET_KEY=SECRET[:31]))
    assert SECRET[:31] not in str(refusal.value)


def test_every_command_finds_the_demo_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text(
        json.dumps(
            {"LIANGZHENG_DEMO": "1", "LIANGZHENG_SECRET_KEY": SECRET, "LIANGZHENG_PORT": "81"}
        )
    )
    config = load_config({"DATA": str(tmp_path)})
    assert config.demo
    assert config.public_url == "http://127.0.0.1:81"
    assert load_config({"DATA": str(tmp_path), "PORT": "82"}).port == 82


def test_cookies_are_secure_when_the_public_address_is_https(tmp_path: Path) -> None:
    assert load_config(settings(tmp_path, PUBLIC_URL="https://lz.example.gov.cn")).https
    assert not load_config(settings(tmp_path)).https
