"""The library's own signing hand, for codes that no phone would be given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from tests.support.codes import Signer
from tests.support.showing import claims_of
from verify import codes
from wallet.base.deps import Deps
from wallet.base.key_pairs import FileHand
from wallet.holders.model import Account
from wallet.licences.model import IDENTIFIER, Licence
from wallet.showing.handle import Shower, new_jti, seal_handle


def account_id(deps: Deps, persona: str) -> int:
    """The account of a holder persona."""
    with deps.db.read() as tx:
        return tx.execute(select(Account.id).where(Account.login == persona)).scalar_one()


def licence_id(deps: Deps, identifier: str) -> int:
    """The row of a licence."""
    index = deps.vault.index(identifier, IDENTIFIER)
    with deps.db.read() as tx:
        return tx.execute(select(Licence.id).where(Licence.identifier_index == index)).scalar_one()


def library_signer(
    deps: Deps, shower: Shower, licences: list[int], types: int | list[int] = 1
) -> Signer:
    """A signer with the library's key, whose good code is a new showing of these licences."""
    key, jti = deps.keys.current, new_jti()
    assert isinstance(key.hand, FileHand)
    return Signer(
        private=key.hand.private,
        kid=key.kid,
        issuer=deps.keys.issuer,
        jti=jti,
        handle=seal_handle(key, jti, shower, licences),
        types=types,
        url=deps.config.public_url,
    )


def signed_again(deps: Deps, text: str, now: datetime) -> str:
    """The same showing's code with the times of now, as its phone would not ask for it any more."""
    claims = claims_of(text) | {"iat": int(now.timestamp()), "exp": int(now.timestamp()) + 60}
    return f"{deps.config.public_url}/v#{codes.encode(codes.LIVE, claims, deps.keys.current)}"
