"""Who may do what in the database, as the access spec says it."""

from collections.abc import Iterator

from db_access.spec import AccessSpec, Grant, Grantee, Group, User

_SAID_OTHERWISE = {"name", "username", "description", "groups", "databases", "grants", "password"}


def access(spec: AccessSpec) -> str:
    """A paragraph for each database, user, group and owner; a user's has what it holds through groups, too."""
    groups = {group.name: group for group in spec.groups}
    paragraphs = [*_databases(spec), *(_grantee(spec, each, groups) for each in spec.grantees), *_rest(spec)]
    return "\n".join("".join(f"{line}\n" for line in paragraph) for paragraph in paragraphs)


def _databases(spec: AccessSpec) -> Iterator[list[str]]:
    for database in spec.databases:
        schemas = [
            f"  schema {schema.name}: {_said(schema.model_dump(mode='json', exclude={'name'}, exclude_defaults=True))}"
            for schema in database.schemas
        ]
        yield [f"database {database.name}: PUBLIC {database.public}, grants {database.grants}", *schemas]


def _grantee(spec: AccessSpec, grantee: Grantee, groups: dict[str, Group]) -> list[str]:
    settings = grantee.model_dump(mode="json", exclude=_SAID_OTHERWISE, exclude_defaults=True)
    if isinstance(grantee, User):
        settings = {"auth_method": grantee.auth_method, **settings}
    connects = [f"  connects to {', '.join(spec.connectable(grantee))}"] if isinstance(grantee, User) else []
    return [
        f"{type(grantee).__name__.lower()} {grantee.name}: {_said(settings)}".removesuffix(": "),
        *connects,
        *(f"  {line}" for line in dict.fromkeys(_held(grantee, groups))),
    ]


def _held(grantee: Grantee, groups: dict[str, Group]) -> Iterator[str]:
    """What it holds itself, and through groups, which no spec nests in a cycle."""
    for database in grantee.databases:
        yield f"{database}: {', '.join(grantee.privileges)}"
    for grant in grantee.grants:
        yield from _granted(grant)
    for membership in grantee.groups:
        options = membership.model_dump(mode="json", exclude={"name"}, exclude_defaults=True)
        yield f"member of {membership.name} {_said(options)}".rstrip()
        if membership.name in groups:
            yield from (f"through {membership.name}: {line}" for line in _held(groups[membership.name], groups))


def _granted(grant: Grant) -> Iterator[str]:
    what = grant.model_dump(mode="json", exclude={"database", "schemas"}, exclude_defaults=True)
    yield from (f"{grant.database}.{schema}: {_said(what) or 'USAGE'}" for schema in grant.schemas)


def _rest(spec: AccessSpec) -> Iterator[list[str]]:
    """What is said of the whole, such as who is retired."""
    said = spec.model_dump(
        mode="json", exclude={"version", "databases", "users", "groups", "owners"}, exclude_defaults=True
    )
    if said:
        yield [f"{key}: {value}" for key, value in said.items()]


def _said(settings: dict[str, object]) -> str:
    return "; ".join(f"{key} {_text(value)}" for key, value in settings.items())


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
