"""Serve the app with granian: `workers` processes, each of one thread."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from wallet.base.database import DATABASE_ERRORS, Database
from wallet.base.fast import open_fast_store
from wallet.config import Config
from wallet.errors import ConfigurationError
from wallet.migrations import is_at_head

STOP_SECONDS: Final = 10
"""Requests under way when the server is told to stop have this long to end."""
HEADER_SECONDS: Final = 5
"""A client that has not sent its headers after this time is cut off."""

_LOGS: Final[dict[str, Any]] = {
    # The server's own lines go the way of all others; it logs no access, paths are personal.
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"level": "WARNING", "propagate": True}},
}


def serve(config: Config, application: str = "wallet.wsgi:create") -> None:
    """Serve until SIGTERM or SIGINT; raises ConfigurationError when it cannot.

    `application` names the factory that every process calls, `module:function`.
    """
    check_address_free(config.host, config.port)
    open_fast_store(config.redis_url)  # reads its address, here and not in each worker
    _check_migrated(config)
    server = Server(
        application,
        factory=True,
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        websockets=False,
        workers=config.workers,
        blocking_threads=1,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGS,
        log_access=False,
        ssl_cert=Path(config.tls_certificate) if config.tls_certificate else None,
        ssl_key=Path(config.tls_key) if config.tls_key else None,
        ssl_protocol_min=SSLProtocols.tls12,  # phones of 2017 know no newer one
    )
    # Ctrl-C reaches the processes of the server at once: that they end is then no accident.
    logging.getLogger("_granian").addFilter(lambda _record: not server.interrupt_signal)
    try:
        server.serve()
    except SystemExit:
        if not server.interrupt_signal:
            raise


def check_address_free(host: str, port: int) -> None:
    """Raise ConfigurationError when the address cannot be listened on.

    The server itself would share a port with another server without a word (SO_REUSEPORT).
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error}); choose another with PORT=8001"
        ) from None


def _check_migrated(config: Config) -> None:
    db = Database(config.database_url)
    try:
        if not is_at_head(db):
            raise ConfigurationError("the database has other tables; run: liangzheng migrate")
    except DATABASE_ERRORS:
        pass  # it may come back: until then the server answers 503
    finally:
        db.close()
