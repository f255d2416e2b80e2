"""The library's keys, the only private ones, as a running process has them.

A signing key is kept in a file, encrypted under the server's secret, or in a token that it never
leaves, and is named by a `kid` of four characters. Public halves go to `/.well-known/jwks.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from jwt.algorithms import ECAlgorithm

from verify.jws import ALGORITHM, PublicKeys
from wallet import numbers
from wallet.base.key_files import STATES_FILE, open_folder, read_states
from wallet.base.key_pairs import SigningKey, load_key, place_of
from wallet.base.key_states import kid_in
from wallet.errors import ConfigurationError

if TYPE_CHECKING:
    from wallet.base.pkcs11_token import Token

_log = structlog.get_logger()
_Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Keys:
    """The keys of one library at one time, without the retired. `current` signs, all verify."""

    current: SigningKey
    by_kid: Mapping[str, SigningKey]
    public: PublicKeys


def load_keys(
    folder: Path,
    secret: str,
    issuer: str,
    known: Mapping[str, SigningKey] | None = None,
    token: Token | None = None,
) -> Keys:
    """Load the keys of a folder; those that are `known` are not read again.

    Nothing is asked of the token, so that codes can be judged while it is away. Raises
    ConfigurationError when a key cannot be opened with the secret, others may read it, or the one
    that signs is in a token and there is none.
    """
    states = read_states(folder)
    current = kid_in(states, "current")
    if current is None:
        raise ConfigurationError(f"{folder} has no current key")
    if token is None and place_of(folder, current) == "token":
        raise ConfigurationError(f"key {current} is in a token; set LIANGZHENG_PKCS11_MODULE")
    by_kid = {
        kid: (known or {}).get(kid) or load_key(folder, kid, secret, token)
        for kid, key in states.items()
        if key.state != "retired"
    }
    public = {kid: {issuer: key.public} for kid, key in by_kid.items()}
    return Keys(by_kid[current], by_kid, public)


class KeyRing:
    """The keys of a running process, which follow the folder within `numbers.KEY_LOOK` seconds.

    A look is one `stat`; whoever asks meanwhile gets what is in memory.
    """

    def __init__(
        self,
        folder: Path,
        secret: str,
        issuer: str,
        now: datetime,
        token: Token | None = None,
    ) -> None:
        """Make what the folder lacks, and load it; raises as `load_keys`."""
        open_folder(folder, secret, now, token)
        self.issuer = issuer
        self.token = token
        self._folder = folder
        self._secret = secret
        self._look_at = monotonic() + numbers.KEY_LOOK
        # One value, so that no thread sees keys of one time with the stamp of another.
        self._seen = _stamp(folder), load_keys(folder, secret, issuer, token=token)

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._keys().current

    @property
    def by_kid(self) -> Mapping[str, SigningKey]:
        """Every key whose codes are accepted."""
        return self._keys().by_kid

    @property
    def public(self) -> PublicKeys:
        """Their public halves, for readers."""
        return self._keys().public

    def jwks(self) -> dict[str, Any]:
        """The public halves as a JWK Set (RFC 7517)."""
        return {
            "keys": [
                {
                    **ECAlgorithm.to_jwk(issuers[self.issuer], as_dict=True),
                    "kid": kid,
                    "use": "sig",
                    "alg": ALGORITHM,
                }
                for kid, issuers in self.public.items()
            ]
        }

    def _keys(self) -> Keys:
        if monotonic() >= self._look_at:
            self._look()
        return self._seen[1]

    def _look(self) -> None:
        # At first, so that other threads go on meanwhile with what there is.
        self._look_at = monotonic() + numbers.KEY_LOOK
        stamp, keys = self._seen
        try:
            new = _stamp(self._folder)
            if new != stamp:
                loaded = load_keys(self._folder, self._secret, self.issuer, keys.by_kid, self.token)
                self._seen = new, loaded
        except (ConfigurationError, OSError) as error:
            # A folder that is away for a moment closes no desk; the operator is told.
            _log.error("keys not reloaded", error=type(error).__name__)


def _stamp(folder: Path) -> _Stamp:
    found = (folder / STATES_FILE).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
