"""How accounts log in, as a superuser finds them in the server's tables, and where that isn't as the spec says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymysql.connections import Connection

from db_access.spec import User
from keyless.rehearsal.lines.rights.mysql.doing import query
from keyless.rehearsal.servers.mysql.kinds import MARIADB, Kind

_TOKEN: Final = "AWSAuthenticationPlugin"  # noqa: S105 - a name
_PASSWORD: Final = {True: "mysql_native_password", False: "caching_sha2_password"}
"""By whether the server is MariaDB."""
_ANY_TLS: Final = "ANY"
_LEFT_FREE: Final = 5
"""Of max_connections, where the spec sets no limit."""
_MYSQL: Final = """SELECT User, Host, plugin, ssl_type, account_locked = 'Y', max_user_connections,
JSON_EXTRACT(User_attributes, '$.additional_password') IS NOT NULL,
account_locked = 'Y' AND password_expired = 'Y' AND authentication_string = '' FROM mysql.user"""
_MARIADB: Final = """SELECT User, Host, JSON_VALUE(Priv, '$.plugin'),
ELT(COALESCE(JSON_VALUE(Priv, '$.ssl_type'), 0) + 1, '', 'ANY', 'X509', 'SPECIFIED'),
COALESCE(JSON_VALUE(Priv, '$.account_locked'), '0') IN ('1', 'true'),
COALESCE(JSON_VALUE(Priv, '$.max_user_connections'), 0), JSON_EXISTS(Priv, '$.auth_or[*].plugin'),
COALESCE(JSON_VALUE(Priv, '$.is_role'), '0') IN ('1', 'true') FROM mysql.global_priv"""
"""What names no plugin in `auth_or` is the first way again: ALTER USER to one way leaves `[{}]`."""


@dataclass(frozen=True)
class Account:
    name: str
    host: str
    plugin: str
    tls: str
    """Empty: none is asked for."""
    locked: bool
    limit: int
    """0: none."""
    second_way: bool
    role: bool
    """Whether nobody can log in as it."""


@dataclass(frozen=True)
class Accounts:
    all: Sequence[Account]
    most: int
    """The server's max_connections."""
    mariadb: bool

    def of(self, name: str) -> Mapping[str, Account]:
        return {one.host: one for one in self.all if one.name == name}

    def otherwise(self, user: User) -> Iterator[str]:
        """How the user's account isn't as the spec says."""
        found = self.of(user.username)
        yield from (f"there is {user.username}@{host}, too" for host in found if host != "%")
        if "%" not in found:
            yield f"there is no {user.username}@%"
            return
        account = found["%"]
        if (plugin := self._plugin(user)) and account.plugin != plugin:
            yield f"it logs in by {account.plugin or 'nothing'}, and by the spec by {plugin}"
        if account.second_way:
            yield "it has a second way to log in"
        if account.tls != _ANY_TLS:
            yield "it needs no TLS" if not account.tls else f"it needs a certificate of its own ({account.tls})"
        if account.locked == user.logs_in:
            yield f"it is {'locked' if account.locked else 'not locked'}"
        if account.limit != (limit := self._limit(user)):
            yield f"its connection limit is {account.limit or 'none'}, and by the spec {limit or 'none'}"

    def _plugin(self, user: User) -> str:
        if user.auth_method == "none":
            return ""
        return _TOKEN if user.auth_method == "iam" else _PASSWORD[self.mariadb]

    def _limit(self, user: User) -> int:
        if user.connection_limit is None:
            return self.most - _LEFT_FREE
        return max(user.connection_limit, 0)


def read(superuser: "Connection[Any]", kind: Kind) -> Accounts:
    mariadb = kind == MARIADB
    ((most,),) = query(superuser, "SELECT @@max_connections")
    found = [
        Account(
            str(name), str(host), str(plugin or ""), str(tls or ""), bool(locked), int(limit), bool(more), bool(role)
        )
        for name, host, plugin, tls, locked, limit, more, role in query(superuser, _MARIADB if mariadb else _MYSQL)
    ]
    return Accounts(found, int(most), mariadb)
