"""The right that is given by hand: the least that a function can give, to the user that can do least with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.sql import SQL, Identifier

from db_access.spec import AccessSpec, User
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.verify.deployed import Deployed, Function
from keyless_probe.by_hand import Right
from keyless_probe.rights.things import Kind, Thing


@dataclass(frozen=True)
class ByHand:
    function: Function
    """With its role it is given: the sessions of its user own the schema."""
    right: Right

    @property
    def found(self) -> str:
        """What the drift watch must say."""
        return f"{self.right.user!r} has USAGE on schema {self.right.schema}"

    @property
    def way_back(self) -> str:
        """For whoever has to take it back without a probe."""
        names = {"schema": Identifier(self.right.schema), "user": Identifier(self.right.user)}
        revoke = SQL("REVOKE USAGE ON SCHEMA {schema} FROM {user}").format(**names).as_string(None)
        return f"as the schema's owner in database {self.function.login.database}, {revoke}"

    @classmethod
    def of(cls, deployed: Deployed, spec: AccessSpec) -> "ByHand | None":
        """None where no function's user owns a schema that another user may not use."""
        return next(_found(deployed, spec), None)


def _found(deployed: Deployed, spec: AccessSpec) -> Iterator[ByHand]:
    users = {user.username: user for user in spec.users}
    databases = {database.name for database in spec.databases}
    for function in deployed.functions:
        login = function.login
        if login.user not in users or login.database not in databases:
            continue
        meaning = Meaning(spec, login.database)
        acting = meaning.acts_as(users[login.user])
        for schema in (name for name, owner in meaning.schemas.items() if owner == acting):
            for user in _receivers(spec, deployed.watch.login.user):
                if not _may_use(meaning, user, schema):
                    yield ByHand(function, Right(schema, user.username))


def _receivers(spec: AccessSpec, watch: str) -> list[User]:
    """The drift watch's user first: its function carries out nothing that comes from outside."""
    return sorted(spec.users, key=lambda user: user.username != watch)


def _may_use(meaning: Meaning, user: User, schema: str) -> bool:
    thing = Thing(Kind.SCHEMA, schema, schema, meaning.schemas[schema])
    names = {user.username, meaning.acts_as(user)}
    return any(meaning.allows(name, thing, "", frozenset({"USAGE"})) for name in names)
