"""`liangzheng seals …`: taking over a seal, exempting a type, and what the doctor says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests.organisations.test_seals import PASSWORD, p12
from tests.support.documents import signature_of, text_of
from tests.support.licences import FOOD, ISSUER_CODE, image
from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.showing import events, identifier_of
from wallet.base.clock import read_clock
from wallet.cli import main
from wallet.config import Config
from wallet.doctor import examine
from wallet.organisations.seals import load_seal, read_pkcs12, save_seal

BASIS = "《演示办法》第八条"


def seals(config: Config, *arguments: str | Path) -> Result:
    return run(config, "seals", *arguments)


def exempt(config: Config, *arguments: str) -> Result:
    return run(config, "exempt", "seal", *arguments)


def run(config: Config, *arguments: str | Path) -> Result:
    environment = {
        "DATA": str(config.data),
        "LIANGZHENG_SECRET_KEY": config.secret_key,
        "LIANGZHENG_DATABASE_URL": config.database_url,
    }
    words = [str(argument) for argument in arguments]
    return CliRunner(env=environment).invoke(main, words)


def download(app: Flask) -> bytes:
    li = sign_in(app, "holder-li")
    answer = li.get(f"/api/v1/me/licences/{identifier_of(li, FOOD)}.pdf")
    assert answer.status_code == 200, answer.text
    data: bytes = answer.data
    return data


def test_an_imported_seal_signs_from_the_next_document_on(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    before = download(app)
    file, picture = tmp_path / "unit.p12", tmp_path / "seal.png"
    file.write_bytes(p12())
    picture.write_bytes(image(60, 60))
    done = seals(config, "import", ISSUER_CODE, file, "--image", picture, "--password", PASSWORD)
    assert done.exit_code == 0, done.output
    assert "演示单位  c0ffee  with image" in done.output
    after = download(app)
    assert after != before
    assert "Signer Certificate Common Name: 演示单位" in signature_of(after, tmp_path)
    ((_, recorded),) = events(deps_of(app), "seal.")
    assert recorded["certificate"] == "c0ffee"


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_changes_nothing_and_is_one_line(
    config: Config, tmp_path: Path, password: str
) -> None:
    file = tmp_path / "unit.p12"
    file.write_bytes(p12())
    before = load_seal(config.seals_dir, config.secret_key, ISSUER_CODE)
    done = seals(config, "import", ISSUER_CODE, file, "--password", password)
    assert done.exit_code == 1
    assert "the password is wrong" in done.output
    assert len(done.output.splitlines()) == 1
    after = load_seal(config.seals_dir, config.secret_key, ISSUER_CODE)
    assert before is not None
    assert after is not None
    assert before.fingerprint == after.fingerprint


def test_there_is_no_seal_for_a_unit_that_nobody_knows(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "unit.p12"
    file.write_bytes(p12())
    done = seals(config, "import", "91150602MADEM0000X", file, "--password", PASSWORD)
    assert done.exit_code == 1
    assert "there is no unit" in done.output
    assert not (config.seals_dir / "91150602MADEM0000X.pem").exists()


def test_the_list_tells_who_has_a_seal_and_who_is_exempt(config: Config) -> None:
    (config.seals_dir / f"{ISSUER_CODE}.pem").unlink()
    assert exempt(config, ISSUER_CODE, FOOD, "--basis", BASIS).exit_code == 0
    lines = seals(config, "list").output.splitlines()
    assert any(line.startswith(ISSUER_CODE) and line.endswith("no seal") for line in lines)
    assert f"{ISSUER_CODE}  {FOOD}  exempt: {BASIS}" in lines
    assert any("good until" in line and "with image" in line for line in lines)
    ended = exempt(config, ISSUER_CODE, FOOD, "--end")
    assert ended.output == "It has ended.\n"
    assert "exempt:" not in seals(config, "list").output


def test_an_exemption_is_printed_on_the_document(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    exempt(config, ISSUER_CODE, FOOD, "--basis", BASIS, "--until", "2099-12-31")
    assert f"依据{BASIS}" in text_of(download(app), tmp_path)
    recorded = [name for name, _ in events(deps_of(app), "exemption.")]
    assert recorded == ["exemption.set"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((ISSUER_CODE, FOOD), "needs its --basis"),
        ((ISSUER_CODE, FOOD, "--basis", " "), "needs its --basis"),
        ((ISSUER_CODE, FOOD, "--basis", "\U000f1234"), "no font"),
        ((ISSUER_CODE, FOOD, "--basis", BASIS, "--until", "2020-01-01"), "has passed"),
        ((ISSUER_CODE, "no-such-type", "--basis", BASIS), "no type"),
        (("nobody", FOOD, "--basis", BASIS), "no unit"),
    ],
    ids=["no basis", "blank basis", "no glyph", "past", "unknown type", "unknown unit"],
)
def test_an_exemption_that_says_nothing_is_refused(
    config: Config, arguments: tuple[str, ...], why: str
) -> None:
    done = exempt(config, *arguments)
    assert done.exit_code != 0
    assert why in done.output
    assert "exempt:" not in seals(config, "list").output


@pytest.mark.parametrize(("days", "well"), [(31, True), (30, False), (29, False)])
def test_the_doctor_tells_of_a_certificate_thirty_days_before_it_ends(
    config: Config, days: int, well: bool
) -> None:
    now = read_clock()
    seal = load_seal(config.seals_dir, config.secret_key, ISSUER_CODE)
    assert seal is not None
    moment = seal.certificate.not_valid_after_utc - timedelta(days=days)
    found = {one.subject: one for one in examine(config, moment)}[f"seal of {ISSUER_CODE}"]
    assert found.well is well
    assert "liangzheng seals import" in found.advice
    assert now < moment


def test_the_doctor_tells_of_a_seal_that_does_not_open(config: Config) -> None:
    seal = read_pkcs12(p12(), PASSWORD, read_clock())
    save_seal(
        config.seals_dir, "another secret than that of the server", ISSUER_CODE, seal, b"", ".png"
    )
    found = {one.subject: one for one in examine(config, read_clock())}
    assert not found[f"seal of {ISSUER_CODE}"].well
    assert "does not open" in found[f"seal of {ISSUER_CODE}"].advice
