"""What is so on the server whoever logs in: who else has rights on the spec's schemas, or is in its groups, which of
its groups log in, and whose views and routines are that run with their owners' rights."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pymysql.connections import Connection

from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.rights.everybody import line
from keyless.rehearsal.lines.rights.mysql import patterns
from keyless.rehearsal.lines.rights.mysql.accounts import Accounts
from keyless.rehearsal.lines.rights.mysql.doing import query
from keyless.rehearsal.lines.rights.mysql.meaning import Meaning
from keyless.rehearsal.lines.rights.mysql.probes import NAME
from keyless_probe.rights.things import Kind, Thing

_HELD: Final = (
    "SELECT GRANTEE, '', PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE <> 'USAGE' "
    "UNION ALL SELECT GRANTEE, TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES "
    "UNION ALL SELECT GRANTEE, TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES "
    "UNION ALL SELECT GRANTEE, TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.COLUMN_PRIVILEGES "
    "UNION ALL SELECT CONCAT('''', User, '''@''', Host, ''''), Db, 'EXECUTE or ALTER ROUTINE' FROM mysql.procs_priv"
)
_EDGES: Final = {
    True: "SELECT User, Role FROM mysql.roles_mapping",
    False: "SELECT TO_USER, FROM_USER FROM mysql.role_edges",
}
"""By whether the server is MariaDB: who has which role."""
_DEFINED: Final = (
    "SELECT 'view', TABLE_SCHEMA, TABLE_NAME, DEFINER FROM information_schema.VIEWS WHERE SECURITY_TYPE = 'DEFINER' "
    "UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_SCHEMA, ROUTINE_NAME, DEFINER FROM information_schema.ROUTINES "
    "WHERE SECURITY_TYPE = 'DEFINER' "
    "UNION ALL SELECT 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME, DEFINER FROM information_schema.TRIGGERS "
    "UNION ALL SELECT 'event', EVENT_SCHEMA, EVENT_NAME, DEFINER FROM information_schema.EVENTS"
)
_MAKING: Final = {"view": "CREATE VIEW", "trigger": "TRIGGER", "event": "EVENT"}
_SERVERS_OWN: Final = (
    "rdsadmin",
    "root",
    "mysql.",
    "mariadb.",
    "rds_superuser_role",
    "keyless~",
    "keyless/",
    "keyless#",
)
"""How the names of accounts and roles begin for which the server, RDS or the engine answers."""


@dataclass(frozen=True)
class Everybody:
    superuser: "Connection[Any]"
    meaning: Meaning
    accounts: Accounts
    master: str

    def lines(self) -> Iterator[Line]:
        here = f"in database {self.meaning.database}"
        for what, found in {
            f"whose views, routines, triggers and events are {here}": self._definers(),
            f"who is in the spec's groups {here}": self._members(),
            f"which of the spec's groups log in {here}": self._logins(),
            f"accounts without a name, with database {self.meaning.database}": self._anonymous(),
            f"what others have {here}": self._strangers(),
        }.items():
            yield line(what, found).of(f"database {self.meaning.database}")

    @cached_property
    def _known(self) -> set[str]:
        spec = self.meaning.spec
        return {self.master, *(one.name for one in spec.grantees), *(one.username for one in spec.acknowledged)}

    def _definers(self) -> Iterator[str]:
        """A user of the spec may own what it may make."""
        users = {user.username: user for user in self.meaning.spec.users}
        for kind, schema, name, definer in query(self.superuser, _DEFINED):
            if schema not in self.meaning.schemas or name == NAME:
                continue
            owner, _, host = str(definer).rpartition("@")
            thing, needs = Thing(Kind.SCHEMA, schema, schema, ""), [_MAKING.get(kind, "CREATE ROUTINE")]
            makes = owner in users and self.meaning.allows(users[owner], thing, "", needs)
            if host != "%" or not (owner == self.master or makes):
                yield f"{kind} {schema}.{name} runs with the rights of {definer}"

    def _members(self) -> Iterator[str]:
        groups = {group.name for group in self.meaning.spec.groups}
        given = {one.name: self.meaning.groups(one) for one in self.meaning.spec.grantees}
        for member, role in query(self.superuser, _EDGES[self.accounts.mariadb]):
            if role in groups and not (member == self.master or self._own(member) or role in given.get(member, ())):
                yield f"{member} is in {role}"

    def _logins(self) -> Iterator[str]:
        for group in self.meaning.spec.groups:
            for account in self.accounts.of(group.name).values():
                if not account.role:
                    yield f"{group.name} may log in"

    def _anonymous(self) -> Iterator[str]:
        yield from (f"whoever comes from {host} gets in" for host in self.accounts.of(""))

    def _strangers(self) -> Iterator[str]:
        if self.meaning.spec.additive:  # it speaks of no others than its own roles
            return
        for holder, privileges in self._held().items():
            yield f"{holder} has {', '.join(privileges)}"

    def _held(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for grantee, pattern, privilege in query(self.superuser, _HELD):
            name = str(grantee).rpartition("@")[0][1:-1]
            if name not in self._known and not self._own(name) and self._reaches(pattern):
                where = f"schemas like {pattern}" if pattern else "everything"
                found.setdefault(name or "everybody", []).append(f"{privilege} on {where}")
        return found

    def _reaches(self, pattern: str) -> bool:
        return not pattern or any(patterns.matches(pattern, schema) for schema in self.meaning.schemas)

    def _own(self, name: str) -> bool:
        return name.startswith(_SERVERS_OWN)
