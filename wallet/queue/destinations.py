"""Where dispatches go, as it is set up just now."""

from __future__ import annotations

from collections.abc import Mapping

from wallet.base.deps import Deps
from wallet.base.webhooks import Sender
from wallet.licences.delivery.notify import channel_senders
from wallet.licences.platform.push import platform_senders
from wallet.relying.merchant_checks.tell import platform_webhooks


def senders(deps: Deps) -> Mapping[str, Sender]:
    """Name of each destination → how to send to it. What is for others waits."""
    return {**channel_senders(deps), **platform_senders(deps), **platform_webhooks(deps)}
