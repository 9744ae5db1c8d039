"""What a spec says and MySQL has no word for: each with its place, and what to write instead. Pure.

docs/access-spec.md, "On MySQL and MariaDB", has the same as a table.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from db_access.mysql.names import PREFIXES, SCHEMAS
from db_access.mysql.translation.placed import Problem, placed
from db_access.mysql.translation.presets import ON_TABLES
from db_access.mysql.translation.unusable import name_problem
from db_access.spec import AccessSpec, Grant, Grantee, Owner, User
from db_access.spec.model.predefined import reserved
from db_access.spec.model.users import InGroup
from db_access.spec.places import Place
from db_access.spec.source import Source
from db_access.wording import cited

_SYSTEM: frozenset[str] = frozenset({"mysql", "sys", "performance_schema", "information_schema"})


def refusals(spec: AccessSpec, source: Source | None = None) -> Iterator[str]:
    """Of any server of the family; what depends on the one at hand, `unusable` says. `source`: the file that the spec
    is from."""
    yield from placed(chain(_schemas(spec), _holders(spec)), spec, source)


def _holders(spec: AccessSpec) -> Iterator[Problem]:
    kinds: dict[str, Sequence[Grantee]] = {"users": spec.users, "groups": spec.groups, "owners": spec.owners}
    for kind, holders in kinds.items():
        for number, holder in enumerate(holders):
            at = (kind, number)
            yield from _holder(at, holder)
            if isinstance(holder, User):
                yield from _user(at, holder)
                yield from _quoted(at, holder.username)
            if not isinstance(holder, Owner):  # an owner is a name only: no role is made
                yield from _named((*at, "username" if kind == "users" else "name"), holder.name)


def _schemas(spec: AccessSpec) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for i, database in enumerate(spec.databases):
        for j, schema in enumerate(database.schemas):
            at = ("databases", i, "schemas", j, "name")
            if (first := seen.setdefault(schema.name, database.name)) != database.name:
                yield (
                    at,
                    f"schema {cited(schema.name)} is in database {cited(first)} already, and on MySQL a schema is a "
                    "database of the whole server; allowed: one name for each",
                )
            if schema.name.lower() in _SYSTEM:
                yield at, f"{cited(schema.name)} is the server's own; allowed: other names"
            if schema.name.lower().startswith(SCHEMAS):
                yield at, f"names that begin with {SCHEMAS} are the engine's own; allowed: other names"
            if problem := name_problem(schema.name):
                yield at, f"{cited(schema.name)} {problem}"


def _named(at: Place, name: str) -> Iterator[Problem]:
    if problem := name_problem(name):
        yield at, f"{cited(name)} {problem}"
    if name.startswith(" "):
        yield at, f"{cited(name)} begins with a blank, which MySQL takes off; allowed: another beginning"
    if name.startswith(PREFIXES):
        yield at, f"names that begin with {' or '.join(PREFIXES)} are the engine's own; allowed: other names"
    if name == "root" or name.startswith(("mysql.", "mariadb.")):
        yield at, f"{cited(name)} is the server's own; allowed: other names"


def _holder(at: Place, holder: Grantee) -> Iterator[Problem]:
    for number, membership in enumerate(holder.groups):
        yield from (((*at, "groups", number), problem) for problem in _membership(membership))
    if beyond := [each for each in holder.privileges if each != "CONNECT"]:
        yield (*at, "privileges"), _beyond_connect(beyond)
    for number, grant in enumerate(holder.grants):
        for field, problem in chain(_lists(grant), _narrowed(grant)):
            yield (*at, "grants", number, field), problem


def _beyond_connect(privileges: Sequence[str]) -> str:
    return (
        f"MySQL has no {' or '.join(privileges)} on a database, only on schemas; allowed: `schema_privileges: [USAGE, "
        "CREATE]` in a grant to make tables, `access: owner` to make temporary ones, too; a schema is made by "
        "declaring it"
    )


def _membership(membership: InGroup) -> Iterator[str]:
    if reserved(membership.name):
        yield (
            f"{cited(membership.name)} is a role of PostgreSQL or RDS for PostgreSQL; allowed: one of the spec's "
            "groups, with grants that say the schemas"
        )
    if not membership.inherit or not membership.set or membership.admin:
        yield (
            "on MySQL whoever is in a group has its rights in every session, may SET ROLE to it, and can't give it to "
            "others; allowed: without `inherit`, `set` and `admin`"
        )


def _user(at: Place, user: User) -> Iterator[Problem]:
    if user.logs_in and "CONNECT" not in user.privileges:
        yield (
            (*at, "privileges"),
            "who may log in to MySQL is connected, so that CONNECT can't be left out; allowed: with CONNECT, or "
            "`can_login: false`",
        )
    if user.connection_limit == 0:
        yield (
            (*at, "connection_limit"),
            "0 is no limit to MySQL; allowed: 1 and more, -1 for no limit, `enabled: false` to let nobody in",
        )
    if user.settings:
        yield (
            (*at, "settings"),
            "MySQL's accounts have no settings; allowed: in the client (SET SESSION, init_command), or for the whole "
            "server in its parameter group",
        )
    if user.valid_until is not None:
        yield (
            (*at, "valid_until"),
            "MySQL's accounts don't end on a date; allowed: rotation of the secret, or `enabled: false` when it is "
            "over",
        )
    if user.may_have:
        yield (*at, "may_have"), "nothing is given for a while on MySQL; allowed: `groups`, for as long as it stands"


def _quoted(at: Place, name: str) -> Iterator[Problem]:
    """Source: parse_client_handshake_packet in both servers' sql_acl.cc/sql_authentication.cc."""
    if len(name) > 1 and name.startswith("'") and name.endswith("'"):
        yield (
            (*at, "username"),
            f"{cited(name)} stands in single quotes, which the server takes off at a login: whoever logs in so is "
            f"{cited(name[1:-1])}; allowed: other names",
        )


def _lists(grant: Grant) -> Iterator[tuple[str, str]]:
    if odd := [each for each in grant.tables if each not in ON_TABLES]:
        yield "tables", _no_such(odd)
    if grant.sequences:
        yield "sequences", "MySQL numbers rows by AUTO_INCREMENT, which needs no right; allowed: without `sequences`"
    if grant.types:
        yield "types", "MySQL has no types of its own; allowed: without `types`"
    if grant.database_privileges and set(grant.database_privileges) != {"CONNECT"}:
        yield "database_privileges", _beyond_connect([each for each in grant.database_privileges if each != "CONNECT"])
    if "USAGE" not in grant.schema_privileges:
        yield "schema_privileges", "MySQL has no USAGE that could be missing; allowed: with USAGE, or no grant"


def _no_such(privileges: Sequence[str]) -> str:
    told = {
        "TRUNCATE": "on MySQL TRUNCATE is DROP, which also drops the table; allowed: DELETE",
        "MAINTAIN": "MySQL has no MAINTAIN; allowed: INSERT and SELECT, which ANALYZE and OPTIMIZE TABLE ask for",
    }
    return "; ".join(told[each] for each in privileges)


def _narrowed(grant: Grant) -> Iterator[tuple[str, str]]:
    if grant.only and grant.functions:
        yield "only", "MySQL's routines have no argument types in their names; allowed: `functions` without `only`"
    if grant.only and "CREATE" in grant.schema_privileges:
        yield "only", "only a whole schema has CREATE; allowed: CREATE in a grant without `only`"
    for name in (*grant.only, *grant.key_columns):
        if problem := name_problem(name):
            yield "only" if name in grant.only else "key_columns", f"{cited(name)} {problem}"
