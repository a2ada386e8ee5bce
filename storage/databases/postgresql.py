"""PostgreSQL: one server for many nodes, whose writes run side by side."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import BotError, ConfigError, StorageUnavailable
from storage.databases.driver import TURN, About, Engines

OLDEST_SERVER = 14
# Any number will do that is ours; migrations wait for their turn under it, too.
TURN_LOCK = 0x6A75626F  # "jubo"

_SCHEMES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
# What a node holds while it hangs is given back: others wait for it. Between two statements
# only indexing takes long.
_SESSION = {"lock_timeout": "30s", "idle_in_transaction_session_timeout": "10s"}
# A server that went away without a word is noticed within 30 seconds, not after hours.
_NETWORK = {
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "jubo",
}

_ASK_SERVER = """
    SELECT current_setting('server_version_num')::int AS number,
        split_part(current_setting('server_version'), ' ', 1) AS version,
        current_setting('server_encoding') AS encoding,
        current_database() AS database,
        current_user AS user
"""


class NoDriver(ConfigError):
    message_key = "storage.no_postgresql_driver"


class CannotConnect(ConfigError):
    message_key = "storage.cannot_connect"


class WrongPassword(ConfigError):
    message_key = "storage.wrong_password"


class NoSuchDatabase(ConfigError):
    message_key = "storage.no_such_database"


class NotAllowed(ConfigError):
    message_key = "storage.not_allowed"


class ServerTooOld(ConfigError):
    message_key = "storage.server_too_old"


class WrongEncoding(ConfigError):
    message_key = "storage.wrong_encoding"


def find_url(database_url: str) -> URL | None:
    """Return the address as SQLAlchemy takes it; None if it is no address of a PostgreSQL."""
    if database_url.partition("://")[0] not in _SCHEMES:
        return None
    try:
        url = make_url(database_url)
    except (exc.ArgumentError, ValueError):  # such as a port that is no number
        return None
    if "@" in (url.host or ""):  # of a password that is not written as addresses want it
        return None
    return url.set(drivername="postgresql+psycopg")


async def open_engines(stack: AsyncExitStack, url: URL) -> Engines:
    """Connect once, to see that the server is one that we can work with.

    Raises:
        ConfigError: it is not, or is not reached; one sentence says why.
        StorageUnavailable: it is just starting or has no room.

    """
    options: dict[str, Any] = {
        "hide_parameters": True,  # errors go into logs, what people wrote does not
        "pool_pre_ping": True,  # the server may have been restarted since
        "execution_options": {"preserve_rowcount": True},  # of inserts it is lost with the cursor
        "connect_args": _connect_args(url),
    }
    unsynced_args = _connect_args(url, synchronous_commit="off")
    try:
        brief = create_engine(url, **options)
    except ModuleNotFoundError as error:
        raise NoDriver from error
    unsynced = create_engine(url, **{**options, "connect_args": unsynced_args})
    long = create_async_engine(url, **options)
    stack.push_async_callback(long.dispose)
    for each in (brief, unsynced):
        stack.callback(each.dispose)
    for each in (long.sync_engine, brief, unsynced):
        _prepare_transactions(each)
    about = await asyncio.to_thread(_check_server, brief)
    # What one transaction reads belongs together, as it does on SQLite.
    reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return Engines(long, brief, unsynced, about, has_one_writer=False, reading=reading)


def conninfo_of(url: URL, **session: str) -> str:
    """Return the address as the driver takes it, for who connects without SQLAlchemy."""
    from psycopg.conninfo import make_conninfo

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return make_conninfo(plain, **_connect_args(url, **session))


def _connect_args(url: URL, **session: str) -> dict[str, str]:
    """Return what the address does not say itself."""
    own = " ".join(f"-c {name}={value}" for name, value in {**_SESSION, **session}.items())
    said = url.query.get("options", "")
    network = {name: value for name, value in _NETWORK.items() if name not in url.query}
    return {**network, "options": f"{own} {said}".strip(), "client_encoding": "utf8"}


def _prepare_transactions(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(TURN, False):
            # Held until the end of the transaction, whatever that is.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN_LOCK})")

    @event.listens_for(engine, "handle_error")
    def hide_values(context: ExceptionContext) -> None:
        # Below its first line the server tells which values broke a rule; people wrote them.
        told = context.original_exception
        headline = getattr(getattr(told, "diag", None), "message_primary", None)
        if headline and context.sqlalchemy_exception is not None:
            told.args = (headline,)
            context.sqlalchemy_exception.args = (headline,)


def _check_server(engine: Engine) -> About:
    try:
        with engine.connect() as connection:
            row = connection.exec_driver_sql(_ASK_SERVER).one()
    except exc.DBAPIError as error:
        raise _refusal(engine.url, str(error.orig)) from error
    check_version(row.number, row.version)
    if row.encoding != "UTF8":
        raise WrongEncoding(database=row.database, encoding=row.encoding)
    return About(row.database, server_name(engine.url), row.user, row.version)


def check_version(number: int, version: str) -> None:
    """Raise `ServerTooOld` unless the server is new enough. `number`: 140005 for 14.5."""
    if number // 10_000 < OLDEST_SERVER:
        raise ServerTooOld(version=version, oldest=OLDEST_SERVER)


def _refusal(url: URL, problem: str) -> BotError:
    """Say what is wrong. Before there is a session, the server gives no code but its words."""
    if "password" in problem or ("role" in problem and "does not exist" in problem):
        return WrongPassword(user=url.username or "", server=server_name(url))
    if "database" in problem and "does not exist" in problem:
        return NoSuchDatabase(database=url.database or "", server=server_name(url))
    if any(words in problem for words in ("is starting up", "is shutting down", "too many")):
        return StorageUnavailable(problem)
    return CannotConnect(server=server_name(url), problem=_gist(problem))


def _gist(problem: str) -> str:
    """Return what went wrong with the last host that was tried, without the advice below it."""
    tried = [line for line in problem.splitlines() if not line.startswith("\t")]
    return tried[-1].rpartition("failed: ")[2].strip(" -")


def server_name(url: URL) -> str:
    named = url.query.get("host") or "localhost"  # several, perhaps
    host = url.host or (named if isinstance(named, str) else ",".join(named))
    return f"{host}:{url.port}" if url.port else str(host)
