"""What can be wrong with owners of schemas, and with `access: owner`."""

from collections.abc import Iterator

from db_access.spec.places import place_text
from db_access.spec.raw_document import Element, RawDocument, elements, strings


def ownership_problems(document: RawDocument) -> Iterator[str]:
    yield from _groups_with_access_owner(document)
    yield from _users_that_own(document)
    for found in document.users:
        yield from _several_owners(document, found)


def _groups_with_access_owner(document: RawDocument) -> Iterator[str]:
    """The sessions of a group's member don't start as the owner, so what they create would belong to the member."""
    for place, group in document.groups:
        for at, grant in elements(group, "grants", place):
            if grant.get("access") == "owner":
                yield (
                    f"{place_text(at, 'access')}: 'owner' is not allowed for groups; allowed: the other presets, or "
                    "`access: owner` for each user"
                )


def _users_that_own(document: RawDocument) -> Iterator[str]:
    """The master becomes a member of each owner. A user may be in rds_iam, which would lock a password master out."""
    users = {name for _, name in document.user_names}
    for place, name in document.owner_names:
        if name in users:
            yield (
                f"{place_text(place)}: {name!r} is a user; allowed: a separate NOLOGIN role, to which the user gets "
                "`access: owner`"
            )


def _several_owners(document: RawDocument, user: Element) -> Iterator[str]:
    """A session acts as one role: the owner, or the user itself."""
    place, fields = user
    grants = [grant for _, grant in elements(fields, "grants", place)]
    if not any(grant.get("access") == "owner" for grant in grants):
        return
    acts_as: dict[str, set[str]] = {}
    for grant in grants:
        database = str(grant.get("database"))
        owners = document.owners_of_schemas.get(database, {})
        for _, schema in strings(grant, "schemas"):
            role = owners.get(schema) if grant.get("access") == "owner" else "the user itself"
            acts_as.setdefault(database, set()).add(str(role))
    for database, roles in acts_as.items():
        if len(roles) > 1:
            yield (
                f"{place_text(place, 'grants')}: in database {database!r} sessions would have to act as "
                f"{', '.join(sorted(roles))} at once; "
                "allowed: `access: owner` for the schemas of one owner and no other grant there, or a second user"
            )
