"""Any two specs over the same few names, so that going from one to the other takes away, gives, changes and keeps."""

from dataclasses import dataclass

from hypothesis import strategies as st

from db_access.spec import AccessSpec, unnameable
from db_access.spec.model.kept import KEEP
from tests.properties.grants import DATABASE_PRIVILEGES, PREDEFINED, Document, some, some_grants
from tests.properties.names import OBJECTS, PRINTABLE, ROLES, SCHEMAS

_DESCRIPTIONS = st.text(
    st.one_of(PRINTABLE, st.sampled_from("\n\t")).filter(lambda letter: letter not in "[]"), max_size=30
)


@dataclass(frozen=True)
class Names:
    database: str
    schemas: list[str]
    kept: list[str]
    """Those of them that keep their owners, in every spec: who owns one otherwise need not be a role of the other."""
    owners: list[str]
    groups: list[str]
    users: list[str]
    table: str


@dataclass(frozen=True)
class World:
    names: Names
    here: AccessSpec
    there: AccessSpec

    @property
    def comparable(self) -> bool:
        """Whether `here` speaks of all that `there` changes: what a spec doesn't speak of stays as another has left
        it."""
        here, there = self.here.databases[0], self.there.databases[0]
        schemas = [{schema.name: schema.named_owner for schema in side.schemas} for side in (here, there)]
        public_schema = ["public" in side for side in schemas]
        moved = any(schemas[0].get(name, owner) != owner for name, owner in schemas[1].items())
        return here.public == there.public and public_schema != [False, True] and not moved


@st.composite
def worlds(draw: st.DrawFn) -> World:
    database = draw(OBJECTS.filter(lambda name: name not in {"postgres", "template0", "template1"}))
    roles = draw(st.lists(ROLES, min_size=6, max_size=7, unique_by=str.lower))
    schemas = draw(st.lists(SCHEMAS, min_size=1, max_size=3, unique=True))
    kept = draw(some(schemas))
    names = Names(database, schemas, kept, owners=roles[:2], groups=roles[2:4], users=roles[4:], table=draw(OBJECTS))
    here, there = (AccessSpec.parse(draw(documents(names))) for _ in range(2))
    return World(names, here, there)


@st.composite
def documents(draw: st.DrawFn, names: Names) -> Document:
    owners = {
        schema: KEEP if schema in names.kept else draw(st.sampled_from(names.owners))
        for schema in draw(some(sorted(names.schemas)))
    }
    groups = draw(some(names.groups))
    schemas = [
        {"name": schema, "owner": owner, "creators": draw(some(names.owners))} for schema, owner in owners.items()
    ]
    return {
        "databases": [
            {
                "name": names.database,
                "schemas": schemas,
                "public": draw(st.sampled_from(["locked", "open"])),
                "grants": draw(st.sampled_from(["direct", "through_groups"])),
            }
        ],
        "groups": [
            {
                "name": name,
                "groups": draw(some([*groups[:index], *PREDEFINED])),
                **draw(_holders(names, owners, may_own=False)),
            }
            for index, name in enumerate(groups)
        ],
        "users": [draw(_users(names, name, owners, groups)) for name in draw(some(names.users))],
        "owners": draw(_owners(names, schemas, groups)),
    }


@st.composite
def _owners(draw: st.DrawFn, names: Names, schemas: list[Document], groups: list[str]) -> list[Document]:
    """What owners and creators have where others create, too."""
    makers = {schema["name"]: {schema["owner"], *schema["creators"]} for schema in schemas}
    named = sorted(set().union(*makers.values()) - {KEEP})
    found = []
    for name in draw(some(named)):
        others = {schema["name"]: schema["owner"] for schema in schemas if makers[schema["name"]] != {name}}
        grants = draw(some_grants(names.database, others, names.table, may_own=False)) if others else []
        found.append(
            {
                "name": name,
                "description": draw(_DESCRIPTIONS),
                "groups": draw(some([*groups, *PREDEFINED])),
                "privileges": draw(some(["CREATE", "TEMPORARY"])),
                "grants": grants,
            }
        )
    return found


@st.composite
def _users(draw: st.DrawFn, names: Names, name: str, owners: dict[str, str], groups: list[str]) -> Document:
    held = draw(_holders(names, owners, may_own=True))
    # Before PostgreSQL 16 a user that acts as an owner can inherit from nobody, and is refused in a group.
    member_of = (
        [] if any(grant.get("access") == "owner" for grant in held["grants"]) else draw(some([*groups, *PREDEFINED]))
    )
    return {
        "username": name,
        "auth_method": draw(st.sampled_from(["none"] if unnameable(name) else ["iam", "none"])),
        "can_login": draw(st.booleans()),
        "enabled": draw(st.booleans()),
        "connection_limit": draw(st.sampled_from([-1, 0, 7, 262143])),
        "groups": member_of,
        "settings": draw(_settings(names, member_of)),
        **held,
    }


@st.composite
def _settings(draw: st.DrawFn, names: Names, roles: list[str]) -> Document:
    wanted: Document = {}
    if timeout := draw(st.sampled_from(["", "5s", "0", "250ms"])):
        wanted["statement_timeout"] = timeout
    if path := draw(some(sorted(names.schemas))):
        wanted["search_path"] = path
    if roles and (role := draw(st.sampled_from(["", *roles]))):
        wanted["role"] = role
    return wanted


@st.composite
def _holders(draw: st.DrawFn, names: Names, owners: dict[str, str], *, may_own: bool) -> Document:
    """What users and groups have in common."""
    return {
        "databases": draw(some([names.database])),
        "privileges": draw(DATABASE_PRIVILEGES),
        "description": draw(_DESCRIPTIONS),
        "grants": draw(some_grants(names.database, owners, names.table, may_own=may_own)) if owners else [],
    }
