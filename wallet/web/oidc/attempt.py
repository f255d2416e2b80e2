"""A sign-in under way: what was sent to the provider, kept by the browser until it comes back.

It lies sealed in a cookie of the browser, so a sign-in can only be finished where it was begun, and
who begins one and goes away leaves no row. It is good once: a row notes that it was used.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, delete
from sqlalchemy.orm import Mapped, mapped_column

from verify.codes import CLOCK_TOLERANCE
from wallet import numbers
from wallet.base.database import Base, insert_if_new
from wallet.base.encryption import Vault
from wallet.web.principal import PrincipalKind

Who = Literal["citizen", "staff"]
"""Who signs in, and so at which provider."""
KINDS: Final[dict[Who, PrincipalKind]] = {"citizen": "holder", "staff": "staff"}
_CONTEXT: Final = "sign_in.attempt"
_NONCE_BYTES: Final = 32


@dataclass(frozen=True)
class Attempt:
    """`onward` is the local path to go on to, `begun_at` in Unix seconds. `session` is the session
    whose owner proves again who they are, None for a new one."""

    who: Who
    state: str
    nonce: str
    verifier: str
    onward: str
    begun_at: int
    session: int | None


class UsedAttempt(Base):
    """An attempt that was finished; it cannot be finished again."""

    __tablename__ = "used_sign_in_attempts"

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


def begin(who: Who, onward: str, session: int | None, now: datetime) -> Attempt:
    """A new attempt; state, nonce and verifier (RFC 7636) have 256 random bits each."""
    state, nonce, verifier = (secrets.token_urlsafe(_NONCE_BYTES) for _ in range(3))
    return Attempt(who, state, nonce, verifier, onward, int(now.timestamp()), session)


def seal(vault: Vault, attempt: Attempt) -> str:
    """The attempt as its cookie holds it."""
    plain = json.dumps(asdict(attempt)).encode()
    return urlsafe_b64encode(vault.seal_bytes(plain, _CONTEXT)).decode()


def unseal(vault: Vault, sealed: str, who: Who, state: str, now: datetime) -> Attempt | None:
    """The attempt in a cookie, if it is ours, of this provider and state, and not too old."""
    try:
        plain = vault.open_bytes(urlsafe_b64decode(sealed.encode("ascii")), _CONTEXT)
    except (ValueError, InvalidTag):
        return None
    attempt = Attempt(**json.loads(plain))
    age = now.timestamp() - attempt.begun_at
    fits = attempt.who == who and secrets.compare_digest(attempt.state.encode(), state.encode())
    # It may have been begun at another server, whose clock is ahead.
    return attempt if fits and -CLOCK_TOLERANCE <= age < numbers.OIDC_ATTEMPT_LIFE else None


def use(tx: Connection, attempt: Attempt, now: datetime) -> bool:
    """Note that the attempt is being finished; False where it was before."""
    return insert_if_new(
        tx,
        UsedAttempt,
        state_hash=hashlib.sha256(attempt.state.encode()).digest(),
        expires_at=now + timedelta(seconds=numbers.OIDC_ATTEMPT_LIFE),
    )


def forget_used(tx: Connection, now: datetime) -> int:
    """Delete what is remembered of attempts that are too old by now. Returns how many."""
    return tx.execute(delete(UsedAttempt).where(UsedAttempt.expires_at <= now)).rowcount
