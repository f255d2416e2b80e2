"""The tables of every feature, in one place for Alembic; importing a model declares its table."""

from wallet.base.audit import AuditEvent
from wallet.base.database import Base
from wallet.base.dispatches import Dispatch
from wallet.base.epoch import EpochToken
from wallet.base.outbox import OutboxMessage
from wallet.catalogue import model as catalogue
from wallet.counter import model as counter
from wallet.counter.acts import model as assisted_acts
from wallet.holders import model as holders
from wallet.holders.administrators import model as administrators
from wallet.licences import model as licences
from wallet.licences.delegations import model as delegations
from wallet.licences.delivery import model as delivery
from wallet.licences.in_step import model as in_step
from wallet.organisations import model as organisations
from wallet.relying import model as relying
from wallet.relying.desk_numbers import model as desk_numbers
from wallet.relying.federation import model as federation
from wallet.relying.merchant_checks import model as merchant_checks
from wallet.relying.notices import model as notices
from wallet.relying.onboarding import model as onboarding
from wallet.showing import model as showing
from wallet.web.oidc.attempt import UsedAttempt
from wallet.web.sessions import Session

METADATA = Base.metadata

__all__ = [
    "METADATA",
    "AuditEvent",
    "Dispatch",
    "EpochToken",
    "OutboxMessage",
    "Session",
    "UsedAttempt",
    "administrators",
    "assisted_acts",
    "catalogue",
    "counter",
    "delegations",
    "delivery",
    "desk_numbers",
    "federation",
    "holders",
    "in_step",
    "licences",
    "merchant_checks",
    "notices",
    "onboarding",
    "organisations",
    "relying",
    "showing",
]
