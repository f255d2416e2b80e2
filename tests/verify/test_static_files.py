"""Static files: fetched once for each release, packed where the browser can unpack."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from verify import static_files
from verify.assets import static_dir
from verify.static_files import imported_by, publish_static, read_release, this_release

CSS = "css/base.css"


@pytest.fixture
def app() -> Flask:
    """An app with nothing but static files."""
    app = Flask("files", static_folder=None)
    publish_static(app, lambda view: view)
    return app


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the static files that a test may change."""
    return Path(shutil.copytree(static_dir(), tmp_path / "static"))


def address(app: Flask, name: str = CSS) -> str:
    with app.test_request_context():
        return urlsplit(url_for("static", filename=name)).path


def test_an_address_of_this_release_is_kept_for_good_without_asking(
    app: Flask, browser: FlaskClient
) -> None:
    answer = browser.get(address(app))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.data == (static_dir() / CSS).read_bytes()


@pytest.mark.parametrize("place", [CSS, f"~0123456789abcdef/{CSS}"])
def test_any_other_address_is_asked_for_again_and_answered_without_a_body_if_nothing_changed(
    browser: FlaskClient, place: str
) -> None:
    first = browser.get(f"/static/{place}")
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-cache")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = browser.get(f"/static/{place}", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    other = {"If-None-Match": '"another"'}
    assert browser.get(f"/static/{place}", headers=other).status_code == 200


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5, *;q=0.1", "gzip, deflate, br, zstd"])
def test_a_browser_that_unpacks_gets_it_packed(
    app: Flask, browser: FlaskClient, accepted: str
) -> None:
    answer = browser.get(address(app), headers={"Accept-Encoding": accepted})
    plain = browser.get(address(app))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data) == plain.data
    assert len(answer.data) < len(plain.data) / 2
    assert answer.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0"])
def test_another_gets_it_as_it_is(app: Flask, browser: FlaskClient, accepted: str) -> None:
    answer = browser.get(address(app), headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (static_dir() / CSS).read_bytes()


@pytest.mark.parametrize("name", ["img/desk-192.png", "vendor/lean-qr/LICENSE"])
def test_what_packing_would_not_make_smaller_is_sent_as_it_is(
    app: Flask, browser: FlaskClient, name: str
) -> None:
    answer = browser.get(address(app, name), headers={"Accept-Encoding": "gzip"})
    packed = answer.headers.get("Content-Encoding") == "gzip"
    assert packed == (name.endswith("LICENSE"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("wallet/sheet.js", "text/javascript; charset=utf-8"),
        ("vendor/lean-qr/index.mjs", "text/javascript; charset=utf-8"),
        ("img/emblem.svg", "image/svg+xml"),
        ("vendor/zxing-wasm/zxing_reader.wasm", "application/wasm"),
    ],
)
def test_a_kind_is_what_a_browser_insists_on(
    app: Flask, browser: FlaskClient, name: str, kind: str
) -> None:
    assert browser.get(address(app, name)).content_type == kind


@pytest.mark.parametrize("place", ["~", "~/", "~x", "~x/nothing.css", "~x/~x/css/base.css", "css"])
def test_what_is_no_file_is_not_found(browser: FlaskClient, place: str) -> None:
    assert browser.get(f"/static/{place}").status_code == 404


def test_a_changed_and_a_renamed_file_are_a_new_release(folder: Path) -> None:
    first = read_release(folder)
    assert read_release(static_dir()) == first == this_release()
    with (folder / CSS).open("a") as file:
        file.write("\n")
    second = read_release(folder)
    (folder / CSS).rename(folder / "css" / "basis.css")
    assert len({first.name, second.name, read_release(folder).name}) == 3


def test_a_file_that_is_replaced_under_a_running_server_is_of_its_next_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "static_dir", lambda: folder)
    before = (folder / CSS).read_bytes()
    with started() as (app, browser):
        (folder / CSS).write_text("p { color: red }")
        (folder / "wallet" / "sheet.js").write_text('import "./new.js";\n')
        (folder / "js" / "api.js").unlink()
        assert browser.get(address(app)).data == before
        assert browser.get(address(app, "js/api.js")).status_code == 200
        assert "wallet/new.js" not in imported_by("wallet/wallet.js")
        was = address(app)
    with started() as (app, browser):
        assert address(app) != was
        assert browser.get(address(app)).text == "p { color: red }"


@contextmanager
def started() -> Iterator[tuple[Flask, FlaskClient]]:
    """A server that has just been started, and one who asks it."""
    kept = (static_files.this_release, static_files.imported_by, static_files._file)
    for one in kept:
        one.cache_clear()
    app = Flask("files", static_folder=None)
    publish_static(app, lambda view: view)
    try:
        yield app, app.test_client()
    finally:
        for one in kept:
            one.cache_clear()


def test_a_page_can_name_all_that_a_module_is_made_of() -> None:
    modules = imported_by("wallet/wallet.js")
    assert {"wallet/sheet.js", "wallet/showing.js", "vendor/lean-qr/index.mjs", "js/api.js"} <= {
        *modules
    }
    assert all((static_dir() / name).is_file() for name in modules)
    assert imported_by("vendor/lean-qr/index.mjs") == []
