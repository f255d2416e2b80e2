"""Keys in a PKCS#11 token, such as an HSM, of which only signatures come out.

A token's module is foreign code that may hang, and PKCS#11 has no time limits. So one thread of
each process alone talks to it, and others wait for that thread no longer than `numbers` say: what
needs no signature goes on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import cache, partial
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Final, TypeVar

import pkcs11
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt.algorithms import ECAlgorithm
from pkcs11 import (
    Attribute,
    KeyType,
    Mechanism,
    MechanismFlag,
    ObjectClass,
    Session,
    TokenFlag,
)
from pkcs11.types import SignMixin
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from wallet import numbers
from wallet.errors import ConfigurationError, Unavailable

_log = structlog.get_logger()
_ES256: Final = ECAlgorithm(ECAlgorithm.SHA256)
_WRONG_PIN: Final = (
    pkcs11.PinIncorrect,
    pkcs11.PinInvalid,
    pkcs11.PinLenRange,
    pkcs11.PinExpired,
    pkcs11.PinLocked,
    pkcs11.UserPinNotInitialized,
)
_Answer = TypeVar("_Answer")


class TokenFailure(Exception):
    """The token did not do it; the message tells an operator why."""


class _Login:
    """A session, and the keys found in it: their handles mean nothing in another."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._keys: dict[str, SignMixin] = {}

    def key(self, kid: str) -> SignMixin:
        if kid not in self._keys:
            try:
                found = self.session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=kid)
            except pkcs11.NoSuchKey:
                raise TokenFailure(f"token {self.session.token.label} has no key {kid}") from None
            assert isinstance(found, SignMixin)  # as keys are made here
            self._keys[kid] = found
        return self._keys[kid]


_Work = Callable[[_Login], _Answer]


@cache
def open_token(module: str, label: str, pin: str) -> Token:
    """The one `Token` of this process: a second would end the first one's sessions."""
    return Token(module, label, pin)


class Token:
    """One token, as one process talks to it: logged in at its first use, and again when needed."""

    def __init__(self, module: str, label: str, pin: str) -> None:
        """The token with that label in the module (a shared library); asks nothing of it yet."""
        self.label = label
        self._module = module
        self._pin = pin
        self._begin()
        # A forked process has no thread, and by the standard nothing of its parent's session.
        os.register_at_fork(after_in_child=self._begin)

    def sign(self, kid: str, data: bytes) -> bytes:
        """An ES256 signature in its JOSE form; raises Unavailable."""
        try:
            return self._ask(partial(_sign, kid, data), numbers.TOKEN_SIGNS)
        except TokenFailure as failure:
            _log.error("token does not sign", kid=kid, reason=str(failure))
            raise Unavailable("签名设备暂时不能用，请稍后再试。") from None

    def make(self, kid: str) -> EllipticCurvePublicKey:
        """Make a pair under the label `kid`; returns its public half.

        Raises ConfigurationError when the token does not, or has that label already.
        """
        return self._command(partial(_make, kid))

    def reach(self) -> None:
        """Raise ConfigurationError unless the token takes the login."""
        self._command(lambda _: None)

    def check(self, kid: str, public: EllipticCurvePublicKey) -> None:
        """Raise ConfigurationError unless the token signs as that key."""
        self._command(partial(_check, kid, public))

    def _command(self, work: _Work[_Answer]) -> _Answer:
        try:
            return self._ask(work, numbers.TOKEN_MAKES)
        except TokenFailure as failure:
            raise ConfigurationError(str(failure)) from None

    def _begin(self) -> None:
        self._lock = Lock()
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: Thread | None = None
        self._late: Future[object] | None = None
        self._login: _Login | None = None
        self._away = ""
        self._try_at = 0.0

    def _ask(self, work: _Work[_Answer], seconds: float) -> _Answer:
        """Have the thread do it; raises TokenFailure, also when that takes longer."""
        if self._late is not None and not self._late.done():
            raise TokenFailure(f"token {self.label} does not answer")
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="token", daemon=True)
                self._thread.start()
        answer: Future[_Answer] = Future()
        self._tasks.put(partial(self._answer, answer, work))
        try:
            return answer.result(seconds)
        except TimeoutError:
            if not answer.cancel():
                self._late = answer  # type: ignore[assignment]
            raise TokenFailure(f"token {self.label} does not answer") from None

    def _serve(self) -> None:
        while True:
            self._tasks.get()()

    def _answer(self, answer: Future[_Answer], work: _Work[_Answer]) -> None:
        if not answer.set_running_or_notify_cancel():
            return
        try:
            answer.set_result(self._do(work))
        except Exception as error:  # noqa: BLE001 - it is for whoever asked
            answer.set_exception(error)

    def _do(self, work: _Work[_Answer]) -> _Answer:
        """In the thread: with the login at hand, and when that fails once more with a new one."""
        if self._login is not None:
            try:
                return work(self._login)
            except (pkcs11.PKCS11Error, TokenFailure):
                self._login = None
        if monotonic() < self._try_at:
            raise TokenFailure(self._away)
        try:
            login = self._log_in()
            answer = work(login)
        except (pkcs11.PKCS11Error, TokenFailure) as error:
            self._away = self._reason(error)
            # A token locks itself after a few wrong PINs: this process tries none again.
            wrong = isinstance(error, _WRONG_PIN)
            self._try_at = float("inf") if wrong else monotonic() + numbers.TOKEN_RETRY
            raise TokenFailure(self._away) from None
        self._login = login
        return answer

    def _log_in(self) -> _Login:
        library = pkcs11.lib(self._module)
        # From the start: a module lists its tokens then, and a forked process must.
        with suppress(pkcs11.PKCS11Error):
            library.finalize()
        library.initialize()
        token = library.get_token(token_label=self.label)
        if token.flags & TokenFlag.USER_PIN_FINAL_TRY:
            raise TokenFailure(f"token {self.label} has one try left for its PIN; it is not risked")
        return _Login(token.open(user_pin=self._pin))

    def _reason(self, error: pkcs11.PKCS11Error | TokenFailure) -> str:
        if isinstance(error, TokenFailure):
            return str(error)
        if isinstance(error, _WRONG_PIN):
            return (
                f"token {self.label} does not take LIANGZHENG_PKCS11_PIN "
                f"({type(error).__name__}); mend it and start again, it is not tried twice"
            )
        if isinstance(error, pkcs11.NoSuchToken):
            return (
                f"there is no token {self.label}; check LIANGZHENG_PKCS11_TOKEN, is it connected?"
            )
        if type(error) is pkcs11.PKCS11Error:  # not one of PKCS#11 but of loading it
            return f"{self._module} cannot be loaded; check LIANGZHENG_PKCS11_MODULE"
        return f"token {self.label} is away ({type(error).__name__})"


def _sign(kid: str, data: bytes, login: _Login) -> bytes:
    # Every token can sign a digest, not every one makes it.
    return login.key(kid).sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)


def _check(kid: str, public: EllipticCurvePublicKey, login: _Login) -> None:
    probe = kid.encode()
    if not _ES256.verify(probe, public, _sign(kid, probe, login)):
        raise TokenFailure(f"token {login.session.token.label} has another key {kid}")


def _make(kid: str, login: _Login) -> EllipticCurvePublicKey:
    token = login.session.token
    with token.open(rw=True) as writing:  # logged in as the whole process is
        if any(writing.get_objects({Attribute.LABEL: kid})):
            raise TokenFailure(f"token {token.label} has a key {kid} already; try again")
        curve = writing.create_domain_parameters(
            KeyType.EC,
            {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
            local=True,
        )
        made, _ = curve.generate_keypair(
            store=True,
            label=kid,
            id=kid.encode(),
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )
        public = load_der_public_key(encode_ec_public_key(made))
    assert isinstance(public, EllipticCurvePublicKey)
    _check(kid, public, login)
    return public
