"""A real PKCS#11 token: what it keeps, and what happens when it is away, hangs or is refused."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import NoReturn

import pkcs11
import pytest
from jwt.algorithms import ECAlgorithm
from pkcs11 import Attribute, ObjectClass

from tests.support.softhsm import MODULE, SoftHsm, make_softhsm
from wallet import numbers
from wallet.base import pkcs11_token
from wallet.base.key_pairs import TokenHand, configured_token, load_key, make_key
from wallet.base.pkcs11_token import Token
from wallet.config import Config
from wallet.errors import ConfigurationError, Unavailable

ES256 = ECAlgorithm(ECAlgorithm.SHA256)
KID = "a1b2"


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    return make_softhsm(tmp_path / "hsm", monkeypatch)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path, "sqlite://", "https://lz.example.gov.cn", "k3yF0rTests-" * 4)


@pytest.fixture
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if `TOKEN_RETRY` had passed between any two calls."""
    monkeypatch.setattr(numbers, "TOKEN_RETRY", 0)


def never(*_arguments: object) -> NoReturn:
    raise AssertionError("the token was asked")


def test_a_private_key_cannot_be_taken_out_of_the_token(hsm: SoftHsm) -> None:
    hsm.token.make(KID)
    library = pkcs11.lib(MODULE)
    with library.get_token(token_label=hsm.label).open() as session:
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=KID)
        assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
        with pytest.raises(pkcs11.AttributeSensitive):
            key[Attribute.VALUE]


@pytest.mark.usefixtures("no_rest")
def test_a_label_that_the_token_has_already_makes_no_second_key(hsm: SoftHsm) -> None:
    public = hsm.token.make(KID)
    with pytest.raises(ConfigurationError, match="already"):
        hsm.token.make(KID)
    hsm.token.check(KID, public)


@pytest.mark.usefixtures("no_rest")
def test_a_wrong_pin_is_tried_once_and_not_told(
    hsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsm.token.make(KID)
    token = Token(MODULE, hsm.label, "another-pin")
    with pytest.raises(ConfigurationError, match="LIANGZHENG_PKCS11_PIN") as refused:
        token.make("c3d4")
    assert "another-pin" not in str(refused.value)
    monkeypatch.setattr(pkcs11, "lib", never)
    with pytest.raises(Unavailable):
        token.sign(KID, b"data")


def test_the_last_try_of_a_pin_is_not_risked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Worn:
        flags = pkcs11.TokenFlag.USER_PIN_FINAL_TRY

        def __getattr__(self, _name: str) -> object:
            return lambda **_options: self

    worn = Worn()
    worn.open = never  # type: ignore[attr-defined]
    monkeypatch.setattr(pkcs11, "lib", lambda _module: worn)
    with pytest.raises(ConfigurationError, match="one try left"):
        Token(MODULE, "worn", "1234").make(KID)


@pytest.mark.parametrize("module", ["/nowhere.so", "/etc/passwd", "/bin/true"])
def test_a_module_that_is_none_is_named_with_its_setting(module: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{module}.*LIANGZHENG_PKCS11_MODULE"):
        Token(module, "token", "1234").make(KID)


def test_a_token_that_is_not_there_is_named_with_its_setting(hsm: SoftHsm) -> None:
    with pytest.raises(ConfigurationError, match=r"nobody.*LIANGZHENG_PKCS11_TOKEN"):
        Token(MODULE, "nobody", hsm.pin).make(KID)


@pytest.mark.usefixtures("no_rest")
def test_a_key_that_is_not_there_or_another_is_named(hsm: SoftHsm) -> None:
    public = hsm.token.make(KID)
    with pytest.raises(ConfigurationError, match="no key c3d4"):
        hsm.token.check("c3d4", public)
    with pytest.raises(Unavailable):
        hsm.token.sign("c3d4", b"data")
    hsm.token.make("c3d4")
    with pytest.raises(ConfigurationError, match="another key c3d4"):
        hsm.token.check("c3d4", public)


def test_a_token_with_another_key_of_that_name_does_not_sign_for_it(hsm: SoftHsm) -> None:
    mine, other = hsm.token.make(KID), hsm.token.make("c3d4")
    assert len(TokenHand(hsm.token, KID, mine).sign(b"data")) == 64
    with pytest.raises(Unavailable):
        TokenHand(hsm.token, KID, other).sign(b"data")


@pytest.mark.usefixtures("no_rest")
def test_a_token_that_is_away_signs_again_when_it_is_back(hsm: SoftHsm) -> None:
    public = hsm.token.make(KID)
    hsm.take_away()
    for _ in range(2):
        with pytest.raises(Unavailable):
            hsm.token.sign(KID, b"data")
    with pytest.raises(ConfigurationError, match="away"):
        hsm.token.check(KID, public)
    hsm.bring_back()
    assert ES256.verify(b"data", public, hsm.token.sign(KID, b"data"))


def test_a_token_that_is_away_is_asked_again_after_a_while_and_no_sooner(
    hsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsm.token.make(KID)
    seconds = [1000.0]
    monkeypatch.setattr(pkcs11_token, "monotonic", lambda: seconds[0])
    hsm.take_away()
    with pytest.raises(Unavailable):
        hsm.token.sign(KID, b"data")
    hsm.bring_back()
    seconds[0] += numbers.TOKEN_RETRY - 0.1
    with pytest.raises(Unavailable):
        hsm.token.sign(KID, b"data")
    seconds[0] += 0.1
    assert len(hsm.token.sign(KID, b"data")) == 64


def test_a_token_that_hangs_is_not_waited_for_and_signs_when_it_goes_on(
    hsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsm.token.make(KID)
    went_on, sign = Event(), pkcs11_token._sign

    def hang(*arguments: object) -> bytes:
        assert went_on.wait(60)
        return sign(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(pkcs11_token, "_sign", hang)
        patched.setattr(numbers, "TOKEN_SIGNS", 1)
        with pytest.raises(Unavailable):
            hsm.token.sign(KID, b"data")
    with pytest.raises(Unavailable):  # at once, and without a place in the queue
        hsm.token.sign(KID, b"data")
    late = hsm.token._late
    assert late is not None
    went_on.set()
    late.result(60)
    assert len(hsm.token.sign(KID, b"data")) == 64


def test_threads_of_a_process_share_the_token(hsm: SoftHsm) -> None:
    publics = {kid: hsm.token.make(kid) for kid in ("a1b2", "c3d4")}
    asked = [(kid, f"{kid} {number}".encode()) for number in range(50) for kid in publics]
    with ThreadPoolExecutor(4) as threads:
        signed = list(threads.map(lambda one: hsm.token.sign(*one), asked))
    assert all(
        ES256.verify(data, publics[kid], signature)
        for (kid, data), signature in zip(asked, signed, strict=True)
    )


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_logs_in_for_itself_and_its_parent_goes_on(hsm: SoftHsm) -> None:
    public = hsm.token.make(KID)
    context = multiprocessing.get_context("fork")
    signed = context.SimpleQueue()

    def sign() -> None:
        signed.put(hsm.token.sign(KID, b"data"))

    children = [context.Process(target=sign) for _ in range(4)]
    for child in children:
        child.start()
    sign()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 4
    signatures = {signed.get() for _ in range(5)}
    assert len(signatures) == 5
    assert all(ES256.verify(b"data", public, signature) for signature in signatures)


def test_a_process_has_one_login_whoever_asks(hsm: SoftHsm, config: Config) -> None:
    settings = hsm.settings(config)
    assert configured_token(settings) is configured_token(settings)
    assert configured_token(config) is None


def test_without_the_package_the_setting_says_what_to_install(
    hsm: SoftHsm, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wallet.base.pkcs11_token", None)
    with pytest.raises(ConfigurationError, match=r"liangzheng\[hsm\]"):
        configured_token(hsm.settings(config))


def test_settings_show_no_pin(hsm: SoftHsm, config: Config) -> None:
    assert hsm.pin not in repr(hsm.settings(config))


def test_a_key_in_a_token_that_is_not_configured_cannot_sign_but_verifies(
    hsm: SoftHsm, config: Config
) -> None:
    kid = make_key(config.data, config.secret_key, hsm.token)
    with_token = load_key(config.data, kid, config.secret_key, hsm.token)
    without = load_key(config.data, kid, config.secret_key, None)
    assert isinstance(without.hand, TokenHand)
    assert ES256.verify(b"data", without.public, with_token.sign(b"data"))
    with pytest.raises(Unavailable):
        without.sign(b"data")
