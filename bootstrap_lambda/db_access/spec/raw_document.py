"""A spec's document before it is validated: the parts that have the right shape, each with its place.

The problems of a whole document are found here, so that a misspelt field hides no wrong reference elsewhere. Parts of
another shape are left out, for pydantic reports them.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from db_access.spec.model.kept import KEEP
from db_access.spec.model.names import DEFAULT_MANAGER
from db_access.spec.places import Place, followed, place_text
from db_access.spec.source import Source

Element = tuple[Place, Mapping[str, Any]]
"""A mapping in a list, and its place."""
Name = tuple[Place, str]
"""A name, and the place where it is written."""


class RawDocument:
    """Walks a document once for all who look for problems in it."""

    def __init__(self, raw: object, source: Source | None = None) -> None:
        self.root: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        self._source = source

    def at(self, place: Place, *below: str | int) -> str:
        """The place as a message names it: `users[0].grants[1].access (writer), config/access.yaml:12`, as far as the
        document has it, with the names of what it is part of, and the file and line if it is from a file."""
        steps, named = followed(self.root, (*place, *below))
        names = f" ({', '.join(named)})" if named else ""
        return f"{place_text(steps)}{names}{f', {self._source.text(steps)}' if self._source else ''}"

    @property
    def is_yaml(self) -> bool:
        """Whether somebody has written it; JSON may be what a deployment has."""
        return self._source is not None and self._source.path.suffix != ".json"

    @property
    def managed_by(self) -> str:
        return str(self.root.get("managed_by") or DEFAULT_MANAGER)

    @property
    def take_over(self) -> list[str]:
        return [name for _, name in strings(self.root, "take_over")]

    @cached_property
    def databases(self) -> list[Element]:
        return [*elements(self.root, "databases")]

    @cached_property
    def users(self) -> list[Element]:
        return [*elements(self.root, "users")]

    @cached_property
    def groups(self) -> list[Element]:
        return [*elements(self.root, "groups")]

    @cached_property
    def owners(self) -> list[Element]:
        return [*elements(self.root, "owners")]

    @property
    def grantees(self) -> list[Element]:
        return [*self.users, *self.groups, *self.owners]

    @cached_property
    def grants(self) -> list[Element]:
        """The grants of all users, groups and owners."""
        return [found for place, grantee in self.grantees for found in elements(grantee, "grants", place)]

    @cached_property
    def schemas(self) -> list[Element]:
        return [found for place, database in self.databases for found in elements(database, "schemas", place)]

    @cached_property
    def owners_of_schemas(self) -> dict[str, dict[str, Any]]:
        """Database -> schema -> owner."""
        return {
            database["name"]: {
                schema["name"]: schema.get("owner")
                for _, schema in elements(database, "schemas")
                if isinstance(schema.get("name"), str)
            }
            for _, database in self.databases
            if isinstance(database.get("name"), str)
        }

    @cached_property
    def makers_by_schema(self) -> dict[str, dict[str, set[str]]]:
        """Database -> schema -> its owner and creators."""
        return {
            str(database.get("name")): {
                str(schema.get("name")): {str(schema.get("owner")), *(name for _, name in strings(schema, "creators"))}
                for _, schema in elements(database, "schemas")
            }
            for _, database in self.databases
        }

    @cached_property
    def user_names(self) -> list[Name]:
        return [*names(self.users, "username")]

    @cached_property
    def group_names(self) -> list[Name]:
        return [*names(self.groups, "name")]

    @cached_property
    def maker_names(self) -> list[Name]:
        """The roles that own a schema or create objects in one, with every place where they are named."""
        return [
            found
            for place, schema in self.schemas
            for found in (
                *(() if schema.get("owner") == KEEP else names([(place, schema)], "owner")),
                *strings(schema, "creators", place),
            )
        ]


def elements(parent: Mapping[str, Any], key: str, place: Place = ()) -> Iterator[Element]:
    """The mappings in the list `parent[key]`."""
    value = parent.get(key)
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if type(item) is dict or isinstance(item, Mapping):  # nearly always a dict, which is much faster to test
            yield (*place, key, index), item


def strings(parent: Mapping[str, Any], key: str, place: Place = ()) -> Iterator[Name]:
    """The texts in the list `parent[key]`."""
    value = parent.get(key)
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, str):
            yield (*place, key, index), item


def names(found: list[Element], key: str) -> Iterator[Name]:
    """The texts in the field `key` of each element."""
    for place, item in found:
        if isinstance(item.get(key), str):
            yield (*place, key), item[key]


def memberships(grantee: Mapping[str, Any], place: Place = ()) -> list[Name]:
    """The groups that a user, group or owner is in, whether named alone or with options."""
    return [*strings(grantee, "groups", place), *names([*elements(grantee, "groups", place)], "name")]


def temporary(user: Mapping[str, Any], place: Place = ()) -> list[Name]:
    """The groups that a user may have for a while."""
    return [*names([*elements(user, "may_have", place)], "group")]
