"""`python -m verify serve`: the desk page of one machine, without the wallet."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.codes import make
from tests.support.lone_desk import Alone, running_desk
from verify.__main__ import main
from verify.local_record import LocalRecord
from verify.serve import create_desk
from verify.trust import TRUST_PATH

BLOCKED = ("wallet", "sqlalchemy", "redis", "psycopg", "alembic")


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    """A desk that runs alone."""
    desk = Alone(tmp_path)
    yield desk
    desk.stop()


def test_it_runs_where_wallet_sqlalchemy_and_redis_are_missing() -> None:
    program = (
        f"import sys\nfor name in {BLOCKED!r}: sys.modules[name] = None\n"
        "import verify.serve\nprint('ok')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout) == ("", "ok\n")


@pytest.mark.parametrize(("language", "words"), [("zh", "离线核验"), ("en", "Offline check")])
def test_the_page_speaks_both_languages(alone: Alone, language: str, words: str) -> None:
    page = alone.page
    assert page.get("/").headers["Location"] == "/desk"
    chosen = page.get(f"/preferences?lang={language}&next=/desk")
    assert chosen.headers["Location"] == "/desk"
    answer = page.get("/desk")
    assert answer.status_code == 200
    assert words in answer.text
    assert "食品经营许可证" in answer.text
    assert 'href="/account"' not in answer.text


def test_every_answer_carries_the_security_headers(alone: Alone) -> None:
    for path in ("/desk", "/static/css/base.css", "/nothing", TRUST_PATH, "/api/v1/verifications"):
        with alone.page.get(path) as answer:
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
            assert answer.headers["X-Frame-Options"] == "DENY"
            if not path.startswith("/static"):
                assert answer.headers["Cache-Control"] in ("no-store", "no-cache")


def test_the_bundle_is_given_to_the_page(alone: Alone) -> None:
    assert alone.page.get(TRUST_PATH).get_json() == a_bundle_of(alone)


def a_bundle_of(alone: Alone) -> object:
    return json.loads((alone.folder / "trust.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("host", "good"),
    [("127.0.0.1:8010", True), ("localhost:8010", True), ("desk.evil", False),
     ("127.0.0.1.evil:8010", False), ("10.0.0.1", False), ("", False)],
)  # fmt: skip
def test_a_loopback_desk_answers_to_no_other_name(alone: Alone, host: str, good: bool) -> None:
    answer = alone.page.get("/desk", headers={"Host": host})
    assert answer.status_code == (200 if good else 400)


def test_a_desk_at_an_address_answers_to_that_alone(alone: Alone) -> None:
    page = create_desk(alone.desk, "192.0.2.7").test_client()
    given = [
        page.get("/desk", headers={"Host": host}).status_code
        for host in ("192.0.2.7:8010", "localhost:8010", "127.0.0.1")
    ]
    assert given == [200, 400, 400]


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://localhost", 200), ("https://localhost", 403), ("http://evil.example", 403),
     ("null", 403)],
)  # fmt: skip
def test_pages_of_other_sites_may_send_nothing(alone: Alone, origin: str, status: int) -> None:
    answer = alone.page.post(
        "/api/v1/verifications",
        json={"code": "x", "item": "offline"},
        headers={"Origin": origin},
    )
    assert answer.status_code == status


def test_a_body_that_is_no_json_too_long_or_without_a_length_is_refused(alone: Alone) -> None:
    path = "/api/v1/verifications"
    given = [
        alone.page.post(path, data="code=x").status_code,
        alone.page.post(path, data="{", content_type="application/json").status_code,
        alone.page.post(path, json={"code": "x" * (256 << 10), "item": "offline"}).status_code,
        alone.page.post(path, headers={"Transfer-Encoding": "chunked"}).status_code,
        alone.page.post(path, json={"item": "offline"}).status_code,
        alone.page.get("/nothing").status_code,
        alone.page.post("/desk").status_code,
    ]
    assert given == [415, 400, 413, 411, 422, 404, 405]


@pytest.mark.parametrize(
    "body",
    [b'{"\\ud800": 1}', b'{"code": "\\ud800", "item": "offline"}', b'{"code": NaN}', b"\xff",
     b"[" * 100_000, b'{"a":' * 40_000],
    ids=lambda body: ascii(body[:12]),
)  # fmt: skip
@pytest.mark.parametrize("path", ["verifications", "offline-verifications"])
def test_json_that_the_library_does_not_read_is_a_bad_request(
    alone: Alone, path: str, body: bytes
) -> None:
    answer = alone.page.post(f"/api/v1/{path}", data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["slug"] == "bad_request"


def test_what_cannot_be_served_is_one_line_and_exit_code_2(
    alone: Alone, capsys: pytest.CaptureFixture[str]
) -> None:
    trust, record = str(alone.folder / "trust.json"), str(alone.folder / "other")
    (alone.folder / "letter").write_text("hello\n")
    for arguments, said in (
        (["--trust", str(alone.folder / "nothing")], "cannot be read as a trust bundle"),
        (["--trust", trust, "--record", str(alone.folder / "record")], "in use by another desk"),
        (["--trust", trust, "--record", str(alone.folder / "letter")], "not the record of a desk"),
        (["--trust", trust, "--record", str(alone.folder / "no" / "folder")], "No such file"),
        (["--trust", trust, "--record", record, "--host", "0.0.0.0"], "Name one address"),
        (["--trust", trust, "--record", record, "--host", "::1"], "not an IPv4 address"),
        (["--trust", trust, "--record", record, "--host", "192.0.2.7"], "Cannot listen"),
        (["--trust", trust, "--record", record, "--port", "99999"], "Cannot listen"),
        (["--trust", trust, "--record", record, "--refresh", "http://a", "http://b"], "fewer"),
        (["--trust", str(alone.folder / "new"), "--refresh", "ftp://a"], "not an address"),
    ):
        assert main(["serve", *arguments]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line


def test_a_desk_is_served_from_a_library_and_stopped(tmp_path: Path) -> None:
    with running_desk(tmp_path) as (address, library):
        body = {"code": make({}, library, int(time.time())), "item": "offline"}
        verdicts = [_post(f"{address}/api/v1/verifications", body) for _ in "12"]
    assert [verdict["reason"] for verdict in verdicts] == ["ok", "already_used"]
    record = LocalRecord(tmp_path / "trust.json.desk")
    assert record.entry(str(verdicts[0]["id"])) is not None
    record.close()


def _post(address: str, body: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        members: dict[str, object] = json.load(answer)
        return members
