"""What SQLAlchemy's engines for MySQL do in place of their drivers' own `connect`. Each imports its driver alone."""

from functools import partial
from typing import Any

from keyless_client.mysql.login import Login


def _pymysql(login: Login, _dialect: object, _record: object, _given: object, named: dict[str, Any]) -> Any:
    from keyless_client.drivers import pymysql

    return pymysql.connect_once(login, named)


def _mysqlconnector(login: Login, _dialect: object, _record: object, _given: object, named: dict[str, Any]) -> Any:
    from keyless_client.drivers import mysql_connector

    return mysql_connector.connect_once(login, named)


def _aiomysql(login: Login, _dialect: object, _record: object, _given: object, named: dict[str, Any]) -> None:
    from keyless_client.drivers import aiomysql

    _create_by(named, partial(aiomysql.connect_once, login, dict(named)))


def _asyncmy(login: Login, _dialect: object, _record: object, _given: object, named: dict[str, Any]) -> None:
    from keyless_client.drivers import asyncmy

    _create_by(named, partial(asyncmy.connect_once, login, dict(named)))


def _create_by(named: dict[str, Any], log_in: Any) -> None:
    named.clear()
    named["async_creator_fn"] = log_in


LOGGING_IN = {
    "pymysql": _pymysql,
    "mysqlconnector": _mysqlconnector,
    "aiomysql_async": _aiomysql,
    "asyncmy_async": _asyncmy,
}
