"""Schemas, owners and rights, as PostgreSQL leaves them after each change.

Refuses what it would refuse the master: unknown roles, and objects of owners for whom it can't act.
"""

from dataclasses import replace
from typing import assert_never

from db_access.plan import changes
from db_access.plan.privileges import PUBLIC, Acl, DefaultKey, Kind, Privileges
from db_access.postgresql.state import Current
from tests.unit.db_access.postgresql.server.cluster import Cluster
from tests.unit.db_access.postgresql.states import Held, Place, flat, privileges

Give = changes.Grant | changes.GrantDefault
Take = changes.Revoke | changes.RevokeDefault


class Database:
    def __init__(self, current: Current, cluster: Cluster) -> None:
        self.cluster, self.schemas, self.held = cluster, dict(current.schemas), flat(current.objects)
        self.future = {
            key: Held(key.creator, there, current.default_options.get(key, {}))
            for key, there in current.defaults.items()
        }

    def carry_out(self, change: changes.ObjectChange) -> None:  # noqa: C901 - a case for each kind
        match change:
            case changes.CreateSchema(name, owner):
                assert name not in self.schemas and self.cluster.acts_for(owner)
                self.schemas[name] = owner
                self.held[Kind.SCHEMA, name, name, None] = Held(owner)
            case changes.OwnSchema(name, owner):
                self.schemas[name] = owner
                self._own((Kind.SCHEMA, name, name, None), owner)
            case changes.OwnObject(kind, schema, name, owner):
                for place in [place for place in self.held if place[:3] == (kind, schema, name)]:
                    self._own(place, owner)
            case changes.Grant():
                for place in _places(change.target):
                    self.held[place] = self._given(self.held[place], change)
            case changes.Revoke():
                for place in _places(change.target):
                    of_all = place[0] is Kind.TABLE and place[3] is None  # its columns' too (REVOKE, Description)
                    for each in [other for other in self.held if other[:3] == place[:3]] if of_all else [place]:
                        self.held[each] = self._taken(self.held[each], change)
            case changes.GrantDefault(key):
                self.future[key] = self._given(self._recorded(key), change)
            case changes.RevokeDefault(key):
                self.future[key] = self._taken(self._recorded(key), change)
            case _:
                assert_never(change)

    def names(self, role: str) -> bool:
        """Whether the role owns or holds something, so that it can't be dropped."""
        return any(role == held.owner or held.acl.get(role) for held in (*self.held.values(), *self.future.values()))

    def _own(self, place: Place, owner: str) -> None:
        """The new owner's rights are its own then, and no longer granted."""
        held = self.held[place]
        assert self.cluster.acts_for(held.owner) and self.cluster.acts_for(owner), f"{held.owner} to {owner}"
        acl, options = ({who: has for who, has in each.items() if who != owner} for each in (held.acl, held.options))
        self.held[place] = Held(owner, acl, options)

    def _recorded(self, key: DefaultKey) -> Held:
        """Without a record new functions are for PUBLIC."""
        functions = key.schema is None and key.kind is Kind.FUNCTION
        return self.future.get(key, Held(key.creator, {PUBLIC: privileges("EXECUTE")} if functions else {}))

    def _given(self, held: Held, change: Give) -> Held:
        assert self.cluster.acts_for(held.owner), f"nobody can grant for {held.owner}"
        assert self.cluster.roles.keys() | {PUBLIC} >= set(change.grantees)
        new = {who: held.acl.get(who, frozenset()) | set(change.privileges) for who in change.grantees}
        return replace(held, acl={**held.acl, **new})

    def _taken(self, held: Held, change: Take) -> Held:
        assert self.cluster.acts_for(held.owner), f"nobody can revoke for {held.owner}"
        acl = held.acl if change.option_only else _less(held.acl, change)
        return replace(held, acl=acl, options=_less(held.options, change))


def _places(target: changes.Target) -> list[Place]:
    return [(target.kind, target.schema, name, column) for name in target.names for column in target.columns or [None]]


def _less(held: Acl, change: Take) -> dict[str, Privileges]:
    left = {who: has - set(change.privileges) if who in change.grantees else has for who, has in held.items()}
    return {who: has for who, has in left.items() if has}
