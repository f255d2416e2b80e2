"""The database, the only truth: SQLite embedded, PostgreSQL in service, the same code.

Tables are typed declarative models used through Core statements on a connection; there is no
object session, so every statement stands where the story is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import (
    JSON,
    BindParameter,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Insert,
    MetaData,
    Row,
    Select,
    Table,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

DATABASE_ERRORS = (DBAPIError, PoolTimeout)
"""What a database that cannot be reached or written raises."""

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns; they are read by name."""
AnySelect = Select[*tuple[Any, ...]]
"""A query of whatever columns."""

Id = int | BindParameter[int]
Day = date | BindParameter[date]
Moment = datetime | BindParameter[datetime]
"""A value, or the place of one in a query that is built once."""

BUSY_TIMEOUT_MS = 10_000
POOL_SIZE = 4
POOL_WAIT_SECONDS = 5


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on databases that know no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all tables; constraints have fixed names so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
        dict[str, Any]: JSON,
    }


class Database:
    """Transactions of one process; opens nothing before its first use.

    `engine` runs transactions, `single` single queries that stand alone.
    """

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite"):
            self.engine = self.single = _sqlite_engine(url)
            self._snapshot = self.engine
        else:
            self.engine = _postgresql_engine(url)
            self._snapshot = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            # A pool of its own: to switch a connection to and fro costs two round trips.
            self.single = _postgresql_engine(
                url, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True
            )

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes; commits when the block ends, rolls back when it raises."""
        with self.engine.begin() as tx:
            if self.is_sqlite:
                # IMMEDIATE: a read followed by a write would otherwise fail at once as locked.
                tx.exec_driver_sql("BEGIN IMMEDIATE")
            yield tx

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only snapshot, for several queries that must agree."""
        with self._snapshot.connect() as tx:
            if self.is_sqlite:
                tx.exec_driver_sql("BEGIN")
            yield tx

    def rows(self, query: AnySelect, **values: Any) -> Sequence[AnyRow]:
        """The rows of one query: a snapshot by itself, so no transaction is opened around it.

        `values` are those of its `bindparam`s: a query that is built once, where its module is
        loaded, costs a quarter of one that is built for every request.
        """
        with self.single.connect() as connection:
            return connection.execute(query, values).all()

    def row(self, query: AnySelect, **values: Any) -> AnyRow | None:
        """The only row of one query, None where there is none."""
        with self.single.connect() as connection:
            return connection.execute(query, values).one_or_none()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        self.single.dispose()


@contextmanager
def at_once(tx: Connection) -> Iterator[None]:
    """Send the statements of the block in one round trip where the driver can (PostgreSQL).

    For statements whose results nobody reads; an error of any is raised when the block ends.
    """
    driver = tx.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise DBAPIError(None, None, error) from error


def insert_if_new(tx: Connection, table: type[Base], **values: Any) -> bool:
    """`INSERT … ON CONFLICT DO NOTHING`; True when the row is new: a claim won."""
    return tx.execute(_insert_if_new(table, tx.dialect.name), values).rowcount == 1


def insert_all_new(
    tx: Connection, table: type[Base], rows: Sequence[dict[str, Any]], *columns: Any
) -> Sequence[AnyRow]:
    """`INSERT … ON CONFLICT DO NOTHING RETURNING columns` of many rows; gives those that are new."""
    if not rows:
        return []
    statement = _insert_if_new(table, tx.dialect.name).returning(*columns)
    return tx.execute(statement, rows).all()


@cache
def _insert_if_new(table: type[Base], dialect: str) -> Insert:
    statement: Insert
    target = table.__table__
    assert isinstance(target, Table)
    if dialect == "sqlite":
        statement = sqlite.insert(target).on_conflict_do_nothing()
    else:
        statement = postgresql.insert(target).on_conflict_do_nothing()
    # PostgreSQL's driver counts inserted rows only when asked to.
    return statement.execution_options(preserve_rowcount=True)


def _postgresql_engine(url: str, **options: Any) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=False,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        connect_args={"connect_timeout": POOL_WAIT_SECONDS},
        **options,
    )


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transaction control leaves SELECTs outside; ours begins each itself.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            # FULL: what was answered survives a power cut, at one fsync a commit.
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()
