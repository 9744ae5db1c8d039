"""SQLAlchemy's engines, on psycopg, asyncpg or pg8000, and for MySQL on PyMySQL, MySQL Connector/Python, aiomysql or
asyncmy: each new connection logs in with a token of its own.

engine = attach(create_engine("postgresql+psycopg://", pool_pre_ping=True, pool_recycle=3600))
engine = attach(create_engine("mysql+pymysql://", pool_pre_ping=True, pool_recycle=3600))
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine import create

from keyless_client import aio
from keyless_client import login as postgresql
from keyless_client.drivers import asyncpg, dbapi, mysql_engines, pg8000
from keyless_client.endpoint_login import EndpointLogin
from keyless_client.errors import ConnectError, discreetly
from keyless_client.login import Login
from keyless_client.mysql import login as mysql
from keyless_client.waiting import ONCE

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine  # needs greenlet, which not everybody has

AnyEngine = TypeVar("AnyEngine", Engine, "AsyncEngine")


def attach(engine: AnyEngine, *, login: EndpointLogin | None = None, reader: bool = False) -> AnyEngine:
    """Let `engine` log in as the login says, whatever its URL says.

    Args:
        login: `keyless_client.Login`, or `keyless_client.mysql.Login`; by default the environment's for the engine.

    Raises:
        ConnectError: its driver is none of those that are known, or it connects in another way already.
    """
    either: Any = engine
    sync: Engine = getattr(either, "sync_engine", either)
    driver = f"{sync.dialect.driver}_async" if sync.dialect.is_async else sync.dialect.driver
    if driver not in _LOGGING_IN:
        raise ConnectError(f"driver {driver!r} is not known; allowed: {', '.join(_LOGGING_IN)}")
    if getattr(sync.pool._creator, "__module__", None) != create.__name__:
        raise ConnectError("the engine, or its pool, has a creator of its own; allowed: create_engine(URL) without one")
    login = _chosen(driver, login, reader)
    known = _attached.get(sync.dialect)
    if known is None:
        _attached[sync.dialect] = login
        event.listen(sync, "do_connect", partial(_LOGGING_IN[driver], login))
        sync.dispose(close=not sync.dialect.is_async)  # connections from before
    elif known != login:
        raise ConnectError(f"the engine logs in as {known.user} on {known.host}; allowed: an engine for each login")
    return engine


def _chosen(driver: str, login: Any, reader: bool) -> EndpointLogin:
    engines: Any = mysql if driver in mysql_engines.LOGGING_IN else postgresql
    chosen: EndpointLogin = engines.chosen(login, reader)
    return chosen


def _psycopg(login: Login, _dialect: object, _record: object, _given: object, named: dict[str, Any]) -> Any:
    return dbapi.connect(login, **named)


def _psycopg_async(login: Login, _dialect: object, _record: object, _given: object, named: dict[str, Any]) -> None:
    rest = dbapi.taken(dict(named))

    async def log_in(*_: object) -> Any:
        try:
            return await aio.opened(login, ONCE, **rest)
        except ConnectError as error:
            raise psycopg.OperationalError(str(error)) from None  # which SQLAlchemy knows

    named.clear()
    named["async_creator_fn"] = log_in


def _asyncpg(login: Login, dialect: Dialect, _record: object, _given: object, named: dict[str, Any]) -> Any:
    dbapi.taken(named)
    by_no_name = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
    return discreetly(dialect.connect, asyncpg.arguments(login=login) | by_no_name)


def _pg8000(login: Login, dialect: Dialect, _record: object, _given: object, named: dict[str, Any]) -> Any:
    dbapi.taken(named)
    return discreetly(dialect.connect, pg8000.arguments(login=login))


_LOGGING_IN: dict[str, Callable[..., Any]] = {
    "psycopg": _psycopg,
    "psycopg_async": _psycopg_async,
    "asyncpg_async": _asyncpg,
    "pg8000": _pg8000,
    **mysql_engines.LOGGING_IN,
}
_attached: "WeakKeyDictionary[Dialect, EndpointLogin]" = WeakKeyDictionary()
