"""The settings, read once from the environment and frozen.

The demo keeps its own settings in `DATA/demo.json`; every command finds it through `DATA`.
A variable of the environment wins over that file.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wallet.errors import ConfigurationError

SECRET_MIN: Final = 32
DEMO_FILE: Final = "demo.json"
SETTINGS: Final[Mapping[str, str]] = {
    "LIANGZHENG_DATA": "Data folder; `DATA` is the short form. Default `var`.",
    "LIANGZHENG_DATABASE_URL": "SQLAlchemy URL. Default SQLite in the data folder.",
    "LIANGZHENG_REDIS_URL": "Redis that the processes share; none means that each counts for "
    "itself. `redis://host:6379/0`, or `redis+cluster://host1:6379,host2:6379`.",
    "LIANGZHENG_PUBLIC_URL": "Address that codes and pages carry. Default the served address.",
    "LIANGZHENG_SECRET_KEY": "At least 32 characters; every other secret is derived from it.",
    "LIANGZHENG_ISSUER": "Short area code of this library, claim `iss`. Default `150600`.",
    "LIANGZHENG_DEMO": "`1` turns demo sign-in on. `liangzheng demo` sets it, nothing else should.",
    "LIANGZHENG_HOST": "Address to listen on; `HOST` is the short form. Default `127.0.0.1`.",
    "LIANGZHENG_PORT": "Port to listen on; `PORT` is the short form. Default `8000`.",
    "LIANGZHENG_TLS_CERTIFICATE": "PEM file of a certificate, with its chain: the server speaks https by itself. Default "
    "none: a proxy before it does.",
    "LIANGZHENG_TLS_KEY": "PEM file of its private key.",
    "LIANGZHENG_TRUSTED_PROXIES": "Networks of the proxies before it, with commas: from them alone "
    "`X-Forwarded-For` is taken. Default none: who connects is who asks.",
    "LIANGZHENG_WORKERS": "Server processes. Default 1.",
    "LIANGZHENG_KEY_DAYS": "Days after which the signing key is rotated, 0 by command only. "
    "Default 90.",
    "LIANGZHENG_PKCS11_MODULE": "Shared library of the HSM in which new signing keys are made. "
    "Default none: they are files.",
    "LIANGZHENG_PKCS11_TOKEN": "Label of the token in it.",
    "LIANGZHENG_PKCS11_PIN": "The token's user PIN.",
    "LIANGZHENG_PLATFORM_URL": "Where the regional platform takes licences. Default none: nothing is "
    "pushed.",
    "LIANGZHENG_PLATFORM_CLIENT_ID": "This library's name there.",
    "LIANGZHENG_PLATFORM_SECRET": "`whsec_` and at least 24 bytes in Base64, shared with it.",
    "LIANGZHENG_OIDC_CITIZEN_ISSUER": "Issuer of the OpenID Connect provider that citizens sign in at. "
    "Default none: they cannot.",
    "LIANGZHENG_OIDC_CITIZEN_CLIENT_ID": "This library's client there.",
    "LIANGZHENG_OIDC_CITIZEN_CLIENT_SECRET": "Its secret.",
    "LIANGZHENG_OIDC_CITIZEN_SCOPE": "What is asked for. Default `openid profile`.",
    "LIANGZHENG_OIDC_CITIZEN_CODE_CLAIM": "Claim with the ID number. Default `id_number`.",
    "LIANGZHENG_OIDC_CITIZEN_CODE_TYPE_CLAIM": "Claim with the kind of number; without it in an "
    "answer it is a resident ID. Default `id_type`.",
    "LIANGZHENG_OIDC_CITIZEN_NAME_CLAIM": "Claim with the name. Default `name`.",
    "LIANGZHENG_OIDC_CITIZEN_VERIFIED_CLAIM": "Claim that says that the number is verified. Default "
    "`id_number_verified`.",
    "LIANGZHENG_OIDC_CITIZEN_VERIFIED_VALUES": "Values of it that say so, with commas. Default `true`.",
    "LIANGZHENG_OIDC_STAFF_ISSUER": "Issuer of the provider that staff sign in at. Default none.",
    "LIANGZHENG_OIDC_STAFF_CLIENT_ID": "This library's client there.",
    "LIANGZHENG_OIDC_STAFF_CLIENT_SECRET": "Its secret.",
    "LIANGZHENG_OIDC_STAFF_SCOPE": "What is asked for. Default `openid`.",
    "LIANGZHENG_OIDC_STAFF_LOGIN_CLAIM": "Claim with the login of the staff account. Default `sub`.",
    "LIANGZHENG_LOG_LEVEL": "`debug`, `info`, `warning` or `error`. Default `info`.",
}
"""Every setting and what it is for; the docs list the same, a test compares."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PLACEHOLDERS: Final = ("change", "secret", "example", "placeholder", "password", "xxxx")


@dataclass(frozen=True)
class OidcClient:
    """A provider of OpenID Connect, and how it knows this library."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str


@dataclass(frozen=True)
class CitizenClaims:
    """Names of the claims by which a provider tells who a citizen is; dots lead into objects."""

    code: str = "id_number"
    code_type: str = "id_type"
    name: str = "name"
    verified: str = "id_number_verified"
    verified_values: frozenset[str] = frozenset({"true"})


@dataclass(frozen=True)
class Config:
    """The settings of one process."""

    data: Path
    database_url: str
    public_url: str
    secret_key: str
    redis_url: str = field(default="", repr=False)
    issuer: str = "150600"
    demo: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    tls_certificate: str = ""
    tls_key: str = ""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    workers: int = 1
    key_days: int = 90
    pkcs11_module: str = ""
    pkcs11_token: str = ""
    pkcs11_pin: str = field(default="", repr=False)
    platform_url: str = ""
    platform_client_id: str = ""
    platform_secret: str = field(default="", repr=False)
    oidc_citizen: OidcClient | None = None
    citizen_claims: CitizenClaims = CitizenClaims()
    oidc_staff: OidcClient | None = None
    staff_login_claim: str = "sub"
    log_level: str = "info"

    @property
    def https(self) -> bool:
        """Whether browsers reach this server over TLS."""
        return self.public_url.startswith("https://")

    @property
    def keys_dir(self) -> Path:
        """Folder of the private keys."""
        return self.data / "keys"

    @property
    def seals_dir(self) -> Path:
        """Folder of the units' seals: certificates, private keys, images."""
        return self.data / "seals"

    @property
    def documents_dir(self) -> Path:
        """Folder of documents that were made, encrypted; it may be emptied at any time."""
        return self.data / "documents"

    @property
    def batches_dir(self) -> Path:
        """Folder of the files of batches that are still to be worked off, encrypted."""
        return self.data / "batches"

    @property
    def federation_dir(self) -> Path:
        """Folder of the trust bundles of other regions' libraries."""
        return self.data / "federation"

    @property
    def status_lists_dir(self) -> Path:
        """Folder of the published status lists."""
        return self.data / "status-lists"


def load_config(environment: Mapping[str, str]) -> Config:
    """Config from the environment and, where there is one, the demo's file.

    Raises ConfigurationError when the server may not start like this: no secret, a short or
    placeholder secret, demo sign-in outside the demo, a public address that is no origin.
    """
    data = Path(environment.get("LIANGZHENG_DATA") or environment.get("DATA") or "var").absolute()
    demo_file = data / DEMO_FILE
    stored: dict[str, str] = {}
    if demo_file.is_file():
        stored = json.loads(demo_file.read_text("utf-8"))

    def setting(name: str, default: str) -> str:
        variable = f"LIANGZHENG_{name}"
        short = environment.get(name) if name in ("HOST", "PORT") else None
        return environment.get(variable) or short or stored.get(variable) or default

    host = setting("HOST", "127.0.0.1")
    port = _whole(setting("PORT", "8000"), "LIANGZHENG_PORT")
    certificate, key = setting("TLS_CERTIFICATE", ""), setting("TLS_KEY", "")
    scheme = "https" if certificate else "http"
    config = Config(
        data=data,
        database_url=setting("DATABASE_URL", f"sqlite:///{data / 'liangzheng.db'}"),
        public_url=setting("PUBLIC_URL", f"{scheme}://{host}:{port}").rstrip("/"),
        secret_key=setting("SECRET_KEY", ""),
        redis_url=setting("REDIS_URL", ""),
        issuer=setting("ISSUER", "150600"),
        demo=setting("DEMO", "") == "1",
        host=host,
        port=port,
        tls_certificate=certificate,
        tls_key=key,
        trusted_proxies=_networks(setting("TRUSTED_PROXIES", "")),
        workers=_whole(setting("WORKERS", "1"), "LIANGZHENG_WORKERS"),
        key_days=_whole(setting("KEY_DAYS", "90"), "LIANGZHENG_KEY_DAYS"),
        pkcs11_module=setting("PKCS11_MODULE", ""),
        pkcs11_token=setting("PKCS11_TOKEN", ""),
        pkcs11_pin=setting("PKCS11_PIN", ""),
        platform_url=setting("PLATFORM_URL", ""),
        platform_client_id=setting("PLATFORM_CLIENT_ID", ""),
        platform_secret=setting("PLATFORM_SECRET", ""),
        oidc_citizen=_oidc_client(setting, "CITIZEN", "openid profile"),
        citizen_claims=CitizenClaims(
            code=setting("OIDC_CITIZEN_CODE_CLAIM", "id_number"),
            code_type=setting("OIDC_CITIZEN_CODE_TYPE_CLAIM", "id_type"),
            name=setting("OIDC_CITIZEN_NAME_CLAIM", "name"),
            verified=setting("OIDC_CITIZEN_VERIFIED_CLAIM", "id_number_verified"),
            verified_values=_listed(setting("OIDC_CITIZEN_VERIFIED_VALUES", "true")),
        ),
        oidc_staff=_oidc_client(setting, "STAFF", "openid"),
        staff_login_claim=setting("OIDC_STAFF_LOGIN_CLAIM", "sub"),
        log_level=setting("LOG_LEVEL", "info"),
    )
    _check(config, is_demo_folder=demo_file.is_file())
    return config


def _check(config: Config, *, is_demo_folder: bool) -> None:
    if len(config.secret_key) < SECRET_MIN:
        raise ConfigurationError(
            f"LIANGZHENG_SECRET_KEY needs at least {SECRET_MIN} characters; "
            "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    lowered = config.secret_key.lower()
    if any(word in lowered for word in _PLACEHOLDERS) or len(set(config.secret_key)) < 10:
        raise ConfigurationError("LIANGZHENG_SECRET_KEY is a placeholder; make a random one.")
    if config.demo and not is_demo_folder:
        raise ConfigurationError(
            "LIANGZHENG_DEMO is on outside a demo folder; unset it, or use: liangzheng demo"
        )
    if bool(config.tls_certificate) != bool(config.tls_key):
        raise ConfigurationError(
            "LIANGZHENG_TLS_CERTIFICATE and LIANGZHENG_TLS_KEY belong together"
        )
    for file in filter(None, (config.tls_certificate, config.tls_key)):
        if not Path(file).is_file():
            raise ConfigurationError(
                f"{file} is missing; LIANGZHENG_TLS_CERTIFICATE or _KEY names it"
            )
    if config.pkcs11_module and not (config.pkcs11_token and config.pkcs11_pin):
        raise ConfigurationError(
            "LIANGZHENG_PKCS11_MODULE needs LIANGZHENG_PKCS11_TOKEN and LIANGZHENG_PKCS11_PIN"
        )
    if config.platform_url:
        _check_platform(config)
    address = urlsplit(config.public_url)
    if address.scheme not in ("http", "https") or not address.netloc or address.path:
        raise ConfigurationError(
            "LIANGZHENG_PUBLIC_URL must be an origin such as https://lz.example.gov.cn"
        )


def is_private_address(url: str) -> bool:
    """Whether nobody listens on the way there: https, or http on this machine alone."""
    try:
        address = urlsplit(url)
        loopback = address.scheme == "http" and address.hostname in _LOOPBACK
    except ValueError:
        return False
    return bool(address.hostname) and (address.scheme == "https" or loopback)


def _oidc_client(
    setting: Callable[[str, str], str], whose: str, default_scope: str
) -> OidcClient | None:
    name = f"OIDC_{whose}"
    issuer, client_id, secret = (
        setting(f"{name}_{part}", "") for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
    )
    if not issuer:
        return None
    if not is_private_address(issuer) or "?" in issuer or "#" in issuer:
        raise ConfigurationError(f"LIANGZHENG_{name}_ISSUER must be https, or on this machine")
    if not client_id or not secret:
        raise ConfigurationError(
            f"LIANGZHENG_{name}_ISSUER needs LIANGZHENG_{name}_CLIENT_ID and "
            f"LIANGZHENG_{name}_CLIENT_SECRET"
        )
    scope = setting(f"{name}_SCOPE", default_scope)
    if "openid" not in scope.split():
        raise ConfigurationError(f"LIANGZHENG_{name}_SCOPE must have openid in it")
    return OidcClient(issuer, client_id, secret, scope)


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    name = "LIANGZHENG_TRUSTED_PROXIES"
    try:
        networks = tuple(ip_network(part) for part in sorted(_listed(text)))
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}") from None
    if any(network.prefixlen == 0 for network in networks):
        raise ConfigurationError(f"{name} must not be everybody: name the proxies alone")
    return networks


def _check_platform(config: Config) -> None:
    if not is_private_address(config.platform_url):
        raise ConfigurationError("LIANGZHENG_PLATFORM_URL must be https, or on this machine")
    if not config.platform_client_id.isascii() or not config.platform_client_id.isprintable():
        raise ConfigurationError("LIANGZHENG_PLATFORM_CLIENT_ID must be plain ASCII")
    try:
        key = b64decode(config.platform_secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not (
        config.platform_client_id and config.platform_secret.startswith("whsec_") and len(key) >= 24
    ):
        raise ConfigurationError(
            "LIANGZHENG_PLATFORM_URL needs LIANGZHENG_PLATFORM_CLIENT_ID and "
            "LIANGZHENG_PLATFORM_SECRET, whsec_ and at least 24 bytes in Base64"
        )


def _whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}.")
    return int(text)
