"""The providers of this app: who can sign in, and where."""

from __future__ import annotations

from typing import Final, cast

from flask import Flask, current_app

from wallet.config import Config
from wallet.web.oidc.attempt import Who
from wallet.web.oidc.provider import Provider
from wallet.web.principal import Principal

_EXTENSION: Final = "liangzheng.identity_providers"


def attach_providers(app: Flask, config: Config) -> None:
    """Give the app the providers that are set up; none is asked anything yet."""
    set_up = {"citizen": config.oidc_citizen, "staff": config.oidc_staff}
    app.extensions[_EXTENSION] = {
        who: Provider(client) for who, client in set_up.items() if client is not None
    }


def providers() -> dict[Who, Provider]:
    """Those of the app that serves this request, citizens first."""
    return cast(dict[Who, Provider], current_app.extensions[_EXTENSION])


def who_is(principal: Principal) -> Who:
    """As whom somebody with a session signs in."""
    return "staff" if principal.kind == "staff" else "citizen"


def provider_for(principal: Principal) -> Provider | None:
    """Where somebody with a session signs in, None where that is not set up."""
    return providers().get(who_is(principal))
