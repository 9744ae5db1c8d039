"""What a database has, in the words of a spec. Pure.

Nothing is left out or rounded: what the words can't say the engine's plan finds.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from db_access.plan.privileges import Privileges
from db_access.postgresql.desired.roles import RDS_IAM
from db_access.postgresql.state import Current, CurrentRole, Membership
from db_access.spec.model.kept import KEEP
from db_access.spec.model.predefined import ALLOWED
from db_access.spec.model.settings import LISTS
from keyless.adopt.grants import Makers, grants, on_database
from keyless.adopt.inventory import Inventory

Document = dict[str, Any]
Problem = tuple[str, Set[str]]
"""What stands against a spec, and the roles that it is about."""


@dataclass(frozen=True)
class Draft:
    inventory: Inventory
    manager: str
    included: Set[str]
    """The roles that the spec is to declare."""
    without: Set[str] = frozenset()
    """Schemas that it is not to declare."""

    @property
    def schemas(self) -> dict[str, str]:
        """Schemas with owners that it names, to these."""
        found = self.inventory.schemas.items()
        return {schema: owner for schema, owner in found if self.inventory.named(owner, self.included)}

    @property
    def kept(self) -> dict[str, str]:
        """Schemas that keep their owners, to these."""
        found = ((schema, owner) for schema, owner in self.inventory.schemas.items() if schema not in self.without)
        return {schema: owner for schema, owner in found if self.inventory.kept(owner, self.included)}

    @property
    def declared(self) -> Set[str]:
        return self.schemas.keys() | self.kept.keys()

    def bare(self) -> Document:
        """The names alone: enough to read what these have."""
        makers = set(self.schemas.values())
        listed = [self.inventory.roles[name] for name in sorted(self.included)]
        return {
            **self._head(),
            "groups": [{"name": role.name} for role in listed if not role.login and role.name not in makers],
            "users": [{"username": role.name, "auth_method": "none"} for role in listed if role.login],
        }

    def makers(self, current: Current) -> Makers:
        """By schema, the owner that is named and the NOLOGIN roles for whose future objects in it there are default
        privileges."""
        creators = sorted({(key.schema or "", key.creator) for key, acl in current.defaults.items() if acl})
        return {
            schema: [
                *([owner] if schema in self.schemas else []),
                *(creator for at, creator in creators if at == schema and self._creates(creator, owner)),
            ]
            for schema, owner in {**self.schemas, **self.kept}.items()
        }

    def _making(self, makers: Makers) -> Makers:
        """With the owners that schemas keep, and the master."""
        keepers = {schema: [owner] for schema, owner in self.kept.items() if owner in self.included}
        master = self.inventory.master
        return {schema: [*names, *keepers.get(schema, []), master] for schema, names in makers.items()}

    def _creates(self, role: str, owner: str) -> bool:
        return role in self.included and role != owner and not self.inventory.roles[role].login

    def unknown_groups(self, current: Current) -> Iterator[Problem]:
        """Memberships that no spec could name."""
        makers = _all(self.makers(current))
        groups = {name for name in self.included - makers if not self.inventory.roles[name].login}
        for m in sorted(current.memberships, key=lambda m: (m.member, m.role)):
            known = {*groups, *ALLOWED, RDS_IAM, self._acts_as(m.member, current)}
            if m.member in self.included and m.role not in known:
                what = "owns a schema or creates in one" if m.role in makers else "is no group of the spec"
                yield f"it is a member of {m.role!r}, which {what}", {m.member}

    def unwritten_settings(self, current: Current) -> Iterator[Problem]:
        """Those that only an application knows: a key or a connection string, perhaps, and a spec is a file in git."""
        for role in (current.roles[name] for name in sorted(self.included & current.roles.keys())):
            for name in sorted(name for name, _ in role.settings if "." in name):
                if name.lower() not in self.inventory.settings:
                    yield (
                        f"its setting {name} is one that PostgreSQL doesn't know, so its value may be a secret, which "
                        "no file should say",
                        {role.name},
                    )

    def whole(self, current: Current) -> Document:
        """All that these roles are and have."""
        here = self.makers(current)
        makers = _all(here)
        found: dict[str, list[Document]] = {"owners": [], "groups": [], "users": []}
        for name in sorted(self.included & current.roles.keys()):
            role = current.roles[name]
            if role.login:
                found["users"].append(self._user(role, current, here))
            elif name not in makers:
                found["groups"].append({"name": name, **self._holder(name, current, here)})
            elif held := self._owner(name, current, here):
                found["owners"].append({"name": name, **held})
        return {**self._head(here), **{field: entries for field, entries in found.items() if entries}}

    def _head(self, makers: Makers = MappingProxyType({})) -> Document:
        schemas = [self._schema(name, makers.get(name, [])) for name in self.inventory.schemas if name in self.declared]
        database = {"name": self.inventory.database, "public": "open", **({"schemas": schemas} if schemas else {})}
        return {"version": 1, "managed_by": self.manager, "databases": [database]}

    def _schema(self, name: str, makers: Sequence[str]) -> Document:
        owner = self.schemas.get(name)
        creators = [maker for maker in makers if maker != owner]
        return {"name": name, "owner": KEEP if owner is None else owner, **({"creators": creators} if creators else {})}

    def _user(self, role: CurrentRole, current: Current, makers: Makers) -> Document:
        in_iam = any(m.role == RDS_IAM and m.member == role.name for m in current.memberships)
        until = {} if role.valid_until is None else {"valid_until": role.valid_until.isoformat()}
        settings = {name: [*values] if name in LISTS else values[0] for name, values in sorted(role.settings)}
        return {
            "username": role.name,
            "auth_method": "iam" if in_iam else "password",
            **until,
            "connection_limit": role.connection_limit,
            **({"settings": settings} if settings else {}),
            **self._holder(role.name, current, makers),
        }

    def _acts_as(self, name: str, current: Current) -> str | None:
        """The owner as which the role's sessions in the database start, if it logs in and is a member."""
        role = current.roles.get(name)
        if role is None or not role.login or role.acts_as not in self.schemas.values():
            return None
        return role.acts_as if any((m.role, m.member) == (role.acts_as, name) for m in current.memberships) else None

    def _as_owner(self, owner: str | None) -> Iterator[Document]:
        if owner is not None:
            schemas = [schema for schema, its in self.schemas.items() if its == owner]
            yield {"database": self.inventory.database, "schemas": schemas, "access": "owner"}

    def _owner(self, name: str, current: Current, makers: Makers) -> Document:
        """Nothing where it has nothing beyond what it owns. CONNECT an owner can have beside a grant alone."""
        held = self._holder(name, current, makers)
        if "CONNECT" in held["privileges"] and "grants" in held:
            held["privileges"].remove("CONNECT")
            held["grants"][0]["database_privileges"] = ["CONNECT"]
        if not held["privileges"]:
            del held["privileges"]
        held.pop("databases", None)
        return held

    def _holder(self, name: str, current: Current, makers: Makers) -> Document:
        description = self.inventory.roles[name].description
        acts_as = self._acts_as(name, current)
        member_of = (m for m in current.memberships if m.member == name and m.role not in (RDS_IAM, acts_as))
        groups = [_entry(m) for m in sorted(member_of, key=_by_role)]
        given = [*self._as_owner(acts_as), *grants(name, current, self.inventory.database, self._making(makers))]
        privileges: Privileges = on_database(name, current)
        return {
            **({"groups": groups} if groups else {}),
            **({"databases": [self.inventory.database]} if privileges else {}),
            "privileges": [privilege.value for privilege in sorted(privileges)],
            **({"description": description} if description else {}),
            **({"grants": given} if given else {}),
        }


def _all(makers: Makers) -> set[str]:
    return {name for names in makers.values() for name in names}


def _by_role(membership: Membership) -> str:
    return membership.role


def _entry(membership: Membership) -> str | Document:
    """Its name, with what of the options is not the default."""
    options = {"inherit": membership.inherit is not False, "set": membership.set is not False}
    unusual: Mapping[str, bool] = {option: value for option, value in options.items() if not value}
    if not unusual and not membership.admin:
        return membership.role
    return {"name": membership.role, **unusual, **({"admin": True} if membership.admin else {})}
