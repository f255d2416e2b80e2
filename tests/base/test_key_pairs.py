"""What every signing key does, whether its private half is in a file or in a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from tests.support.softhsm import make_softhsm
from verify.jws import sign
from wallet.base.key_pairs import Place, SigningKey, key_files, load_key, make_key, place_of
from wallet.base.pkcs11_token import Token
from wallet.errors import ConfigurationError

SECRET = "k3yF0rTests-" * 4


@dataclass(frozen=True)
class Backend:
    """A folder whose new keys are made in one place."""

    place: Place
    folder: Path
    token: Token | None

    def make(self) -> SigningKey:
        return self.load(make_key(self.folder, SECRET, self.token))

    def load(self, kid: str, secret: str = SECRET) -> SigningKey:
        return load_key(self.folder, kid, secret, self.token)


@pytest.fixture(params=["file", "token"])
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Backend:
    folder = tmp_path / "keys"
    folder.mkdir()
    in_token = request.param == "token"
    token = make_softhsm(tmp_path / "hsm", monkeypatch).token if in_token else None
    return Backend(request.param, folder, token)


def test_what_it_signs_another_library_verifies_with_its_public_half(backend: Backend) -> None:
    key = backend.make()
    compact = sign({"iss": "150600"}, "example+jwt", key)
    read = jws.deserialize_compact(compact, ECKey.import_key(key.public), algorithms=["ES256"])
    assert read.headers() == {"alg": "ES256", "kid": key.kid, "typ": "example+jwt"}


def test_every_signature_is_r_and_s_of_32_bytes_each(backend: Backend) -> None:
    key = backend.make()
    signatures = {key.sign(b"the same") for _ in range(300)}  # some r or s begin with a zero byte
    assert {len(signature) for signature in signatures} == {64}


def test_keys_are_found_again_by_their_kid_in_the_place_where_they_were_made(
    backend: Backend,
) -> None:
    made = [backend.make() for _ in range(3)]
    assert key_files(backend.folder).keys() == {key.kid for key in made}
    for key in made:
        again = backend.load(key.kid)
        assert place_of(backend.folder, key.kid) == backend.place
        assert again.public == key.public
        assert again.handle_key == key.handle_key
    assert len({key.public.public_numbers().x for key in made}) == 3
    assert len({key.handle_key for key in made}) == 3


def test_its_file_is_for_the_owner_alone_and_has_no_private_half_in_the_open(
    backend: Backend,
) -> None:
    kid = backend.make().kid
    file = key_files(backend.folder)[kid]
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_text()
    assert "BEGIN PRIVATE KEY" not in content
    assert ("ENCRYPTED" in content) is (backend.place == "file")


def test_its_file_does_not_open_with_another_secret(backend: Backend) -> None:
    kid = backend.make().kid
    with pytest.raises(ConfigurationError, match="LIANGZHENG_SECRET_KEY") as refused:
        backend.load(kid, SECRET + "x")
    assert SECRET not in str(refused.value)


def test_its_file_is_refused_when_others_may_touch_it_or_it_is_lost(backend: Backend) -> None:
    kid = backend.make().kid
    file = key_files(backend.folder)[kid]
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        backend.load(kid)
    file.unlink()
    with pytest.raises(ConfigurationError, match="missing"):
        backend.load(kid)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"public": 1, "seal": "00"}', "no key"])
def test_a_damaged_file_is_named(backend: Backend, content: str) -> None:
    kid = backend.make().kid
    file = key_files(backend.folder)[kid]
    file.write_text(content)
    with pytest.raises(ConfigurationError, match=file.name):
        backend.load(kid)


def test_nobody_without_the_secret_puts_another_public_key_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = Backend("token", tmp_path, make_softhsm(tmp_path / "hsm", monkeypatch).token)
    kid, other_kid = backend.make().kid, backend.make().kid
    first = key_files(tmp_path)[kid]
    other = json.loads(key_files(tmp_path)[other_kid].read_text())
    for forged in (other, json.loads(first.read_text()) | {"public": other["public"]}):
        first.write_text(json.dumps(forged))
        with pytest.raises(ConfigurationError, match="LIANGZHENG_SECRET_KEY"):
            backend.load(kid)
