"""Specs for tests of the MySQL family, and the engine called as the master."""

from collections.abc import Callable, Mapping
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import CLIENT

from db_access.mysql.reconcile import Evidence, Summary, Timeouts, converge, preview, prove
from db_access.spec import AccessSpec
from tests.mysql.servers import Instance

TIMEOUTS = Timeouts(transient=5, lock=2)


def spec(*users: Mapping[str, Any], schemas: tuple[str, ...] = ("foo", "bar"), **more: Any) -> AccessSpec:
    """One database `app` with these schemas."""
    declared = [{"name": name, "owner": "app_owner"} for name in schemas]
    return AccessSpec.parse(
        {"version": 1, "databases": [{"name": "app", "schemas": declared}], "users": [*users], **more}
    )


def user(name: str, *grants: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"username": name, "grants": [*grants], "databases": ["app"], **more}


def grant(*schemas: str, **what: Any) -> dict[str, Any]:
    return {"database": "app", "schemas": [*schemas], **what}


def master(instance: Instance, flags: int = CLIENT.MULTI_STATEMENTS) -> Callable[[], Connection]:
    return lambda: instance.server.log_in(instance.master, instance.password, client_flag=flags)


def run(instance: Instance, wanted: AccessSpec, **more: Any) -> Summary:
    return converge(master(instance), wanted, timeouts=TIMEOUTS, **more)


def planned(instance: Instance, wanted: AccessSpec) -> Summary:
    return preview(master(instance), wanted, timeouts=TIMEOUTS)


def evidence(instance: Instance, wanted: AccessSpec) -> Evidence:
    return prove(master(instance), wanted, timeouts=TIMEOUTS)
