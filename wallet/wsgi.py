"""The WSGI application of a server process; any WSGI server may call `create`."""

from __future__ import annotations

import os

from flask import Flask

from wallet.app import create_app
from wallet.base.logs import configure_logging
from wallet.config import load_config


def create() -> Flask:
    """The app, with the settings of the environment."""
    config = load_config(os.environ)
    configure_logging(config.log_level)
    return create_app(config)
