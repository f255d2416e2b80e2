"""A platform asks to be told when a licence of a list changes, and where; or no longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import delete, update

from wallet import numbers
from wallet.base import audit
from wallet.base.database import insert_if_new
from wallet.base.deps import Deps
from wallet.base.dispatches import drop_waiting
from wallet.base.webhooks import new_secret
from wallet.config import is_private_address
from wallet.errors import Conflict, Invalid
from wallet.relying.desks import Desk
from wallet.relying.merchant_checks.model import SECRET, WEBHOOK, MerchantSubscription
from wallet.relying.merchant_checks.read import Subscription, check_of, granted_check
from wallet.relying.merchant_checks.tell import destination_of
from wallet.web.principal import Principal

_LIFE: Final = timedelta(days=numbers.MERCHANT_SUBSCRIPTION_DAYS)


def subscribe(deps: Deps, desk: Desk, public_id: str, webhook: str, now: datetime) -> Subscription:
    """Tell a webhook of changes to the licences of a list of the own unit, from now on.

    Each time there is a new secret, told here and nowhere else. Raises NotFound; NotPermitted, recorded, where the
    grant is over; Conflict (`check_stopped`); Invalid (`webhook_address`).
    """
    check = granted_check(deps, desk, public_id, now)
    _check_address(deps, webhook)
    if check.state == "stopped":
        raise Conflict("这份名单没有核完就已停止，请重新提交名单。", "check_stopped")
    secret, ends_at = new_secret(), now + _LIFE
    values = {
        "webhook_sealed": deps.vault.seal(webhook, WEBHOOK),
        "secret_sealed": deps.vault.seal(secret, SECRET),
        "ends_at": ends_at,
    }
    with deps.db.begin() as tx:
        check_of(tx, desk.principal, public_id)  # it may have been deleted since
        if not insert_if_new(tx, MerchantSubscription, check_id=check.id, **values):
            mine = MerchantSubscription.check_id == check.id
            tx.execute(update(MerchantSubscription).where(mine).values(**values))
        told = {"check": check.id, "actor": desk.principal.account, "unit": check.unit_id}
        audit.record(tx, "merchant_check.subscribed", now, **told)
    return Subscription(webhook, ends_at, secret)


def unsubscribe(deps: Deps, principal: Principal, public_id: str, now: datetime) -> None:
    """Tell no more; what is on its way is dropped. Once it is over this changes nothing. Raises NotFound."""
    with deps.db.begin() as tx:
        check = check_of(tx, principal, public_id)
        mine = MerchantSubscription.check_id == check.id
        if not tx.execute(delete(MerchantSubscription).where(mine)).rowcount:
            return
        drop_waiting(tx, destination_of(public_id), now)
        told = {"check": check.id, "actor": principal.account, "unit": check.unit_id}
        audit.record(tx, "merchant_check.unsubscribed", now, **told)


def _check_address(deps: Deps, webhook: str) -> None:
    """https, or, in the demo alone, this machine; that it is a public address is seen when it is called."""
    try:
        address = urlsplit(webhook)
        good = is_private_address(webhook) and (address.scheme == "https" or deps.config.demo)
        plain = not (address.username or address.password or address.fragment)
        plain = plain and (address.port is None or address.port > 0)
    except ValueError:
        good = plain = False
    if not (good and plain and webhook.isascii() and webhook.isprintable() and " " not in webhook):
        raise Invalid(
            "webhook：应为 https 地址，不带用户名、密码和 # 部分。",
            "webhook_address",
            {"webhook": ["应为 https 地址，不带用户名、密码和 # 部分。"]},
        )
