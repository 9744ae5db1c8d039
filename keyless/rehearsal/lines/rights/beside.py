"""What a user has beside rights on what the spec declares, from the rows of keyless_probe.rights.beyond. Pure."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from db_access.spec import AccessSpec, Grantee, User
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.rights import starting
from keyless.rehearsal.lines.rights.everybody import Everybody, Rows, line, of_groups
from keyless.rehearsal.lines.rights.meaning import Meaning

_IAM: Final = "rds_iam"
_OPTIONS: Final = ("ADMIN", "INHERIT", "SET")
_PUBLIC: Final = "public"
_OF_ALL_DATA: Final = ("pg_read_all_data", "pg_write_all_data")
"""They come with USAGE on every schema (PostgreSQL, "Predefined Roles")."""
_RESERVED: Final = ("pg_", "rds_")
"""PostgreSQL's and RDS's own, for which they answer."""


@dataclass(frozen=True)
class Beside:
    meaning: Meaning
    rows: Rows
    besides: frozenset[str] = frozenset()
    """Schemas that are neither the spec's nor anybody's."""
    managing: frozenset[str] = frozenset()
    """Roles that may own things and be members of any role: the master."""

    def of_user(self, user: User) -> Iterator[Line]:
        given = _given(self.meaning.spec, user)
        here = f"in database {self.meaning.database}"
        yield line(f"{user.username}: roles that it comes to {here}", self._memberships(user, given))
        yield line(f"{user.username}: attributes {here}", self._attributes({user.username, *given}))
        starting_otherwise = starting.beyond(self.meaning, user, self.rows["settings"], self.rows["limits"])
        yield line(f"{user.username}: settings and limits {here}", starting_otherwise)
        yield line(f"{user.username}: schemas that the spec lacks {here}", self._schemas(given))
        yield line(f"{user.username}: databases that the spec lacks {here}", self._databases())

    def of_database(self) -> Iterator[Line]:
        return Everybody(self.meaning, self.rows, self.managing).lines()

    @property
    def notes(self) -> Iterator[str]:
        """What everybody can come to, and starts with, that the spec doesn't speak of."""
        for schema, privilege, public in self.rows["schemas"]:
            if public and not self._judged(schema):
                yield f"schema {schema} of {self.meaning.database}, on which PUBLIC has {privilege}: the spec lacks it"
        found: dict[str, list[str]] = {}
        for database, privilege, public in self.rows["databases"]:
            if public and self._foreign(database):
                found.setdefault(database, []).append(privilege)
        if found:
            each = ", ".join(f"{database} ({' and '.join(has)})" for database, has in found.items())
            yield f"databases that the spec lacks, and what PUBLIC has on them: {each}"
        if names := starting.of_everybody(self.rows["settings"]):
            here = f"in database {self.meaning.database}"
            yield f"settings of everybody {here}, of which the spec doesn't speak: {', '.join(names)}"
        yield from starting.of_entrance(self.rows["entrance"], self.meaning.database)

    def _memberships(self, user: User, given: Mapping[str, Grantee | None]) -> Iterator[str]:
        for member, role, *options in self.rows["memberships"]:
            if member not in {user.username, *given} or member.startswith(_RESERVED):
                continue  # behind what is told already
            expected = _options(self.meaning.spec, member, role)
            if expected is None:
                yield from () if of_groups(self.meaning.spec, role) else (f"{member} is a member of {role}",)
            else:
                more = [name for name, there in zip(_OPTIONS, options, strict=True) if there and name not in expected]
                yield from (f"{member} is a member of {role} WITH {name}" for name in more)

    def _attributes(self, roles: set[str]) -> Iterator[str]:
        for role, attributes in self.rows["attributes"]:
            if role in roles and not role.startswith(_RESERVED):
                yield from (f"{role} has {attribute}" for attribute in attributes)

    def _judged(self, schema: str) -> bool:
        return schema in self.besides or (schema == _PUBLIC and not self.meaning.open)

    def _schemas(self, given: Container[str]) -> Iterator[str]:
        everywhere = any(role in given for role in _OF_ALL_DATA)
        for schema, privilege, public in self.rows["schemas"]:
            told = schema not in self.besides and (not public or self._judged(schema))
            if told and not (everywhere and privilege == "USAGE"):
                yield f"{privilege} on schema {schema}"

    def _foreign(self, database: str) -> bool:
        return all(one.name != database for one in self.meaning.spec.databases)

    def _databases(self) -> Iterator[str]:
        """Those of the spec are measured in themselves."""
        for database, privilege, public in self.rows["databases"]:
            if not public and self._foreign(database):
                yield f"{privilege} on database {database}"


def spec_roles(spec: AccessSpec) -> list[str]:
    owners = {name for database in spec.databases for schema in database.schemas for name in schema.makers}
    return sorted({grantee.name for grantee in spec.grantees} | owners)


def _given(spec: AccessSpec, user: User) -> dict[str, Grantee | None]:
    """Every role that the user comes to by the spec, and those of it that the spec says more of."""
    known = {grantee.name: grantee for grantee in spec.grantees}
    found: dict[str, Grantee | None] = {}
    left = [user.username]
    while left:
        name = left.pop()
        for role in _of(spec, known.get(name)):
            if role not in found:
                found[role] = known.get(role)
                left.append(role)
    return found


def _of(spec: AccessSpec, grantee: Grantee | None) -> Iterator[str]:
    if grantee is None:
        return
    yield from (group.name for group in grantee.groups)
    if isinstance(grantee, User):
        yield from _owners(spec, grantee)
        if grantee.auth_method == "iam":
            yield _IAM


def _owners(spec: AccessSpec, user: User) -> Iterator[str]:
    owners = (Meaning(spec, database.name).owner_of(user) for database in spec.databases)
    yield from (owner for owner in owners if owner)


def _options(spec: AccessSpec, member: str, role: str) -> set[str] | None:
    """With what a membership is given; None for one that isn't."""
    grantee = next((one for one in spec.grantees if one.name == member), None)
    if grantee is None or role not in set(_of(spec, grantee)):
        return None
    if group := next((one for one in grantee.groups if one.name == role), None):
        given = zip(_OPTIONS, (group.admin, group.inherit, group.set), strict=True)
        return {name for name, there in given if there}
    return {"SET"} if role != _IAM else {"INHERIT", "SET"}
