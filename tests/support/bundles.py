"""Trust bundles, and servers that give them or something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from jwt.algorithms import ECAlgorithm

from tests.support.codes import Signer
from verify.status_list import INVALID, STATUS_LIST_LIFE, SUSPENDED, PublishedList, pack, sign_list
from verify.trust import KeptList

AS_OF: Final = 1_790_000_000
AS_OF_TEXT: Final = "2026-09-21T22:13:20+08:00"
Document = dict[str, Any]
Answer = tuple[int, bytes, Mapping[str, str]]
"""Status, body and headers."""


def a_bundle(by: Signer, list_issued: int = AS_OF, **changes: Any) -> Document:
    """A bundle of one key, the list 3 of four entries, and one type."""
    listed = PublishedList(
        by.issuer,
        3,
        list_issued,
        list_issued + STATUS_LIST_LIFE,
        pack(bytes([0, INVALID, SUSPENDED, 0])),
    )
    key = ECAlgorithm.to_jwk(by.private.public_key(), as_dict=True)
    document = {
        "iss": by.issuer,
        "as_of": AS_OF_TEXT,
        "keys": [{**key, "kid": by.kid, "use": "sig", "alg": "ES256"}],
        "lists": {"3": sign_list(listed, by.url, by)},
        "types": {"1": "食品经营许可证"},
    }
    return document | changes


def kept(published: PublishedList, by: Signer) -> KeptList:
    """A list as a bundle that was read keeps it."""
    token = sign_list(published, by.url, by)
    return KeptList(token, published.issued_at, published.expires_at)


@contextmanager
def serving(*answers: Answer) -> Iterator[tuple[str, list[str]]]:
    """A web server that answers so, the last answer for good; its address, and what it was asked."""
    asked: list[str] = []
    to_come = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body, headers = to_come.pop(0) if len(to_come) > 1 else to_come[0]
            self.send_response(status)
            for name in headers.keys() - {"Content-Length"}:
                self.send_header(name, headers[name])
            self.send_header("Content-Length", headers.get("Content-Length", str(len(body))))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
