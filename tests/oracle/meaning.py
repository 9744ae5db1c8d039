"""What an access spec means, read once more from docs/access-spec.md. Imports nothing of the engine.

A right is `(column, privilege)`: the column is empty for the whole of a thing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.oracle.asking.things import Thing

Document = Mapping[str, Any]
Right = tuple[str, str]

_PRESETS = {
    "read_only": {"tables": ["SELECT"]},
    "append_only": {"tables": ["INSERT"], "sequences": ["USAGE"]},
    "write_only": {"tables": ["INSERT", "UPDATE", "DELETE"], "sequences": ["USAGE"]},
    "read_write": {"tables": ["SELECT", "INSERT", "UPDATE", "DELETE"], "sequences": ["USAGE"]},
}
_KEEP = "keep"
_EVERYTHING = {
    "schema": "USAGE CREATE",
    "table": "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN",
    "sequence": "USAGE SELECT UPDATE",
    "function": "EXECUTE",
    "type": "USAGE",
}
"""What an owner may do with what is its own. (It may also change and drop it, which is nobody's right to give.)"""


@dataclass(frozen=True)
class Meaning:
    document: Document
    database: str
    version: int

    @property
    def here(self) -> Document:
        return next(found for found in self.document["databases"] if found["name"] == self.database)

    @property
    def locked(self) -> bool:
        return bool(self.here.get("public", "locked") == "locked")

    @property
    def schemas(self) -> dict[str, str]:
        """To their owners, or to the word for whoever owns them."""
        return {schema["name"]: schema["owner"] for schema in self.here.get("schemas", [])}

    @property
    def owners(self) -> set[str]:
        return {*self.schemas.values()} - {_KEEP}

    def _keeps(self, thing: Thing) -> bool:
        """Whether what it owns there is a role's by right: in a schema that keeps its owner."""
        return self.schemas.get(thing.schema) == _KEEP

    @property
    def users(self) -> dict[str, Document]:
        return {user["username"]: user for user in self.document.get("users", [])}

    @property
    def groups(self) -> dict[str, Document]:
        return {group["name"]: group for group in self.document.get("groups", [])}

    @property
    def grantees(self) -> dict[str, Document]:
        return {**self.users, **self.groups}

    def logs_in(self, user: str) -> bool:
        """Whether its sessions begin, when it may connect and its connection limit lets it."""
        of = self.users[user]
        return bool(of.get("auth_method", "iam") != "none" and of.get("can_login", True) and of.get("enabled", True))

    def acts_as(self, user: str) -> str | None:
        """The role that its sessions start as, if it isn't the user."""
        if owner := self._owner_of(user):
            return owner
        role = self.users[user].get("settings", {}).get("role")
        return role if role is not None and role in self.roles_to_set(user) else None

    def roles_to_set(self, name: str) -> set[str]:
        """Every role that it can SET ROLE to, itself aside: its owner's, and groups by chains of `set: true`."""
        of = self.grantees[name]
        found = {
            schema["owner"]
            for grant in of.get("grants", [])
            if grant.get("access") == "owner"
            for database in self.document["databases"]
            if database["name"] == grant["database"]
            for schema in database["schemas"]
            if schema["name"] in grant["schemas"]
        }
        for membership in _memberships(of):
            if membership.get("set", True):
                found |= {membership["name"], *self.roles_to_set(membership["name"])}
        return found

    def roles_to_give(self, name: str) -> set[str]:
        """Every group whose membership it may give to others: by `admin: true`, its own or of a group that it has the
        rights of. (Before PostgreSQL 16 it need not have its rights.)"""
        found = set()
        for membership in _memberships(self.grantees[name]):
            if membership.get("admin"):
                found.add(membership["name"])
            if membership.get("inherit", True) or self.version < 160000:
                found |= self.roles_to_give(membership["name"])
        return found

    def rights(self, name: str, thing: Thing) -> frozenset[Right]:
        """Of a user or group itself on a thing: its own, and those of the groups that it inherits from."""
        own = frozenset(self._own(self.grantees[name], thing))
        if self._keeps(thing) and thing.owner == name:
            own |= {("", privilege) for privilege in _EVERYTHING[thing.kind].split()}
        inherited = (m["name"] for m in _memberships(self.grantees[name]) if m.get("inherit", True))
        return own.union(*(self.rights(group, thing) for group in inherited))

    def owners_rights(self, owner: str, thing: Thing) -> frozenset[Right]:
        """Of sessions that act as an owner: on what belongs to it, and on the database what its users bring it."""
        if thing.kind == "database":
            acting = (user for name, user in self.users.items() if self._owner_of(name) == owner)
            given = set().union(*(self._on_database(user) for user in acting))
            return frozenset(("", privilege) for privilege in given - {"CONNECT"})
        if thing.owner != owner:
            return frozenset()
        return frozenset(("", privilege) for privilege in _EVERYTHING[thing.kind].split())

    def left_open(self, thing: Thing) -> bool:
        """Whether PUBLIC keeps there what it has: everywhere in an open database, and on types."""
        return not self.locked or thing.kind == "type" or thing.schema not in {"", "public", *self.schemas}

    def _grants(self, of: Document) -> list[Document]:
        return [grant for grant in of.get("grants", []) if grant["database"] == self.database]

    def _owner_of(self, user: str) -> str | None:
        """Whose schemas it has `access: owner` to here."""
        grants = (grant for grant in self._grants(self.users[user]) if grant.get("access") == "owner")
        return next((self.schemas[grant["schemas"][0]] for grant in grants), None)

    def _own(self, of: Document, thing: Thing) -> Iterator[Right]:
        grants = self._grants(of)
        if thing.kind == "database":
            acting = any(grant.get("access") == "owner" for grant in grants)  # then all but CONNECT is the owner's
            given = self._on_database(of)
            yield from (("", privilege) for privilege in (given & {"CONNECT"} if acting else given))
            return
        for grant in grants:
            if thing.schema in grant["schemas"] and grant.get("access") != "owner":
                yield from _given(grant, thing)

    def _on_database(self, of: Document) -> set[str]:
        grants = self._grants(of)
        if not grants and self.database not in of.get("databases", []):
            return set()
        beyond = (privilege for grant in grants for privilege in grant.get("database_privileges", []))
        return {*of.get("privileges", ["CONNECT"]), *beyond}


def _given(grant: Document, thing: Thing) -> Iterator[Right]:
    """By one grant, in a schema of its own."""
    if thing.kind == "schema":
        yield from (("", privilege) for privilege in grant.get("schema_privileges", ["USAGE"]))
        return
    if grant.get("only") and not any(_names(name, thing, grant["schemas"]) for name in grant["only"]):
        return
    lists = _PRESETS.get(grant.get("access", ""), grant)
    yield from (("", privilege) for privilege in lists.get(f"{thing.kind}s", []))
    if thing.kind == "table":
        yield from ((column, "SELECT") for column in grant.get("key_columns", []) if column in thing.columns)


def _names(name: str, thing: Thing, schemas: list[str]) -> bool:
    """Names have dots: of the schemas that `name` can begin with, the longest is meant."""
    inside = max((s for s in schemas if name.startswith(f"{s}.")), key=len)
    return inside == thing.schema and name == f"{inside}.{thing.name}"


def _memberships(of: Document) -> Iterator[Document]:
    for group in of.get("groups", []):
        yield {"name": group} if isinstance(group, str) else group
