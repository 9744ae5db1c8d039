"""The server's rows as values. Pure: knows no driver."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from db_access.mysql.catalog import words
from db_access.mysql.names import is_numbered
from db_access.mysql.state import (
    EVERYWHERE,
    GRANT_OPTION,
    IAM_PLUGIN,
    IAM_TEXT,
    Account,
    Auth,
    Definer,
    Edge,
    Flavor,
    Level,
    On,
    Proxy,
    Rights,
    Server,
    State,
    Thing,
    Who,
)

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
_OF_TLS = {"1", "ANY"}
_OF_CERTIFICATES = {"2", "X509", "3", "SPECIFIED"}
_PLUGINS_WITH_PASSWORD = frozenset({"caching_sha2_password", "mysql_native_password", "sha256_password", "ed25519", ""})


def state(flavor: Flavor, rows: Rows) -> State:
    """Accounts that the server doesn't read are apart, and hold nothing."""
    found = _state(flavor, rows)
    if "known" not in rows:
        return found
    known = {text(row["grantee"]) for row in rows["known"]}
    given = found.roles_of
    accounts = {
        who: replace(each, default=each.default & given.get(who, frozenset()))
        for who, each in found.accounts.items()
        if f"'{who.name}'@'{who.host}'" in known
    }
    gone = found.accounts.keys() - accounts.keys()
    return replace(
        found,
        accounts=accounts,
        rights={who: each for who, each in found.rights.items() if who not in gone},
        edges=frozenset(
            edge for edge in found.edges if edge.member in accounts
        ),  # DROP USER leaves those of such a one
        unread={who: frozenset(e.role for e in found.edges if e.member == who and not e.admin) for who in gone},
    )


def _state(flavor: Flavor, rows: Rows) -> State:
    server = _server(flavor, rows["server"][0])
    return State(
        server=server,
        accounts={found.who: found for found in _accounts(server, rows)},
        rights=_rights(server, rows),
        edges=frozenset(
            Edge(Who(text(r["role"]), text(r["role_host"])), Who(text(r["name"]), text(r["host"])), bool(r["admin"]))
            for r in rows["edges"]
        ),
        proxies=frozenset(
            Proxy(Who(text(r["Proxied_user"]), text(r["Proxied_host"])), Who(text(r["User"]), text(r["Host"])))
            for r in rows["proxies"]
        ),
        schemas=frozenset(server.folded(text(r["name"])) for r in rows["schemas"]),
        tables=frozenset((server.folded(text(r["in_schema"])), server.folded(text(r["name"]))) for r in rows["tables"]),
        columns=frozenset(
            (server.folded(text(r["in_schema"])), server.folded(text(r["name"])), text(r["part"]))
            for r in rows["columns"]
        ),
        definers=tuple(
            sorted(
                Definer(text(r["kind"]), text(r["in_schema"]), text(r["name"]), _definer(r), _runs(r))
                for r in rows["definers"]
                if _runs(r) or flavor is Flavor.MYSQL
            )
        ),
        watching=tuple(
            sorted(
                Thing(text(r["name"]), text(r["kind"]), text(r["definer"]), bool(r["secured"]), text(r["digest"]))
                for r in rows["watching"]
            )
        ),
        sessions=frozenset(text(r["name"]) for r in rows["sessions"]),
    )


def text(value: Any) -> str:
    """Some of the server's tables have their texts as bytes."""
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else str(value or "")


def _runs(row: Row) -> bool:
    """Procedures of a version before show only what does."""
    return bool(row.get("runs", True))


def _definer(row: Row) -> str:
    """Of routines MariaDB leaves out that a role has no host."""
    found = text(row["definer"])
    return found if "@" in found else f"{found}@"


def marked_in(rows: Rows, marker: str) -> frozenset[str]:
    """Roles that have that mark, or one in its place, as definers: the two ways that MariaDB writes one, too."""
    roles = {(text(row["name"]), text(row["host"])) for row in rows["accounts"] if row["is_role"]}
    marked = {(text(row["name"]), text(row["host"])) for row in rows["edges"] if is_numbered(text(row["role"]), marker)}
    return frozenset(found for name, host in roles & marked for found in (f"{name}@{host}", *([] if host else [name])))


def _server(flavor: Flavor, row: Row) -> Server:
    name, _, host = text(row["master"]).rpartition("@")
    return Server(
        flavor,
        Who(name, host),
        text(row["version"]),
        literal_schemas=bool(row["literally"]),
        folds_case=bool(row["folding"]),
        max_connections=int(row["most"]),
        mandatory=frozenset(_mandatory(text(row["mandatory"]))),
    )


def _mandatory(setting: str) -> Iterator[str]:
    for part in filter(None, setting.split(",")):
        yield part.strip().partition("@")[0].strip("`'\"")


def _accounts(server: Server, rows: Rows) -> Iterator[Account]:
    defaults: dict[Who, set[Who]] = {}
    for row in rows.get("defaults", ()):
        role = Who(text(row["role"]), text(row["role_host"]))
        defaults.setdefault(Who(text(row["name"]), text(row["host"])), set()).add(role)
    for row in rows["accounts"]:
        who = Who(text(row["name"]), text(row["host"]))
        own = {server.role(text(row["default_role"]))} if row["default_role"] else defaults.get(who, set())
        yield _account(who, row, frozenset(own))


def _account(who: Who, row: Row, default: frozenset[Who]) -> Account:
    plugin, verifier = text(row["plugin"]), row["verifier"] or b""
    return Account(
        who,
        role=bool(row["is_role"]),
        auth=_auth(plugin, verifier),
        plugin=plugin,
        verifier=verifier if isinstance(verifier, bytes) else str(verifier).encode(),
        other_ways=bool(row["other_ways"]),
        hindered=bool(row["hindered"]),
        expired=bool(row["expired"]),
        tls=text(row["tls"]) in _OF_TLS,
        certificate=text(row["tls"]) in _OF_CERTIFICATES,
        subject=text(row["subject"]),
        locked=bool(row["locked"]),
        limit=int(row["most"]),
        default=default,
    )


def _auth(plugin: str, verifier: Any) -> Auth:
    if plugin == IAM_PLUGIN:
        return Auth.IAM if text(verifier) == IAM_TEXT else Auth.OTHER
    return Auth.PASSWORD if plugin in _PLUGINS_WITH_PASSWORD else Auth.OTHER


def _rights(server: Server, rows: Rows) -> dict[Who, Rights]:
    found: dict[Who, dict[On, frozenset[str]]] = {}
    for who, on, privileges in _held(server, rows):
        if privileges:
            holder = found.setdefault(who, {})
            holder[on] = holder.get(on, frozenset()) | privileges
    return {**found}


def _held(server: Server, rows: Rows) -> Iterator[tuple[Who, On, frozenset[str]]]:
    yield from _everywhere(server, rows)
    for row in rows["schema_rights"]:
        yield _whose(row), On(Level.SCHEMA, server.folded(text(row["Db"]))), words.of_columns(row)
    for row in rows["table_rights"]:
        yield _whose(row), _on(server, Level.TABLE, row, "Table_name"), words.of_set(text(row["Table_priv"]))
    for row in rows["column_rights"]:
        on = _on(server, Level.COLUMN, row, "Table_name", text(row["Column_name"]))
        yield _whose(row), on, words.of_set(text(row["Column_priv"]))
    for row in rows["routine_rights"]:
        on = On(Level.ROUTINE, server.folded(text(row["Db"])), text(row["Routine_name"]), text(row["Routine_type"]))
        yield _whose(row), on, words.of_set(text(row["Proc_priv"]))


def _everywhere(server: Server, rows: Rows) -> Iterator[tuple[Who, On, frozenset[str]]]:
    if server.flavor is Flavor.MARIADB:
        for row in rows["accounts"]:
            yield Who(text(row["name"]), text(row["host"])), EVERYWHERE, words.of_bits(int(row["access"] or 0))
    for row in rows.get("static", ()):
        yield _whose(row), EVERYWHERE, words.of_columns(row)
    for row in rows.get("dynamic", ()):
        extra = {GRANT_OPTION} if row["grantable"] else set[str]()
        yield Who(text(row["name"]), text(row["host"])), EVERYWHERE, frozenset({text(row["privilege"]), *extra})


def _whose(row: Row) -> Who:
    return Who(text(row["User"]), text(row["Host"]))


def _on(server: Server, level: Level, row: Row, name: str, part: str = "") -> On:
    return On(level, server.folded(text(row["Db"])), server.folded(text(row[name])), part)
