"""Deps: what a journey needs from outside, built once in `create_app` and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.base.clock import read_clock
from wallet.base.database import Database
from wallet.base.encryption import Vault
from wallet.base.epoch import Epoch
from wallet.base.fast import FastStore, open_fast_store
from wallet.base.key_pairs import configured_token
from wallet.base.keys import KeyRing
from wallet.config import Config


@dataclass(frozen=True)
class Deps:
    """The first argument of every journey."""

    config: Config
    db: Database
    epoch: Epoch
    fast: FastStore
    keys: KeyRing
    vault: Vault


def build_deps(config: Config) -> Deps:
    """Wire a process: loads (or makes) the keys, opens no connection."""
    return Deps(
        config=config,
        db=Database(config.database_url),
        epoch=Epoch(config.data),
        fast=open_fast_store(config.redis_url),
        keys=KeyRing(
            config.keys_dir,
            config.secret_key,
            config.issuer,
            read_clock(),
            configured_token(config),
        ),
        vault=Vault(config.secret_key),
    )
