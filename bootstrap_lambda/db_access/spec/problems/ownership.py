"""What can be wrong with owners of schemas, and with `access: owner`."""

from collections.abc import Iterator

from db_access.spec.model.kept import KEEP
from db_access.spec.places import suggestion
from db_access.spec.raw_document import Element, RawDocument, elements, names, strings
from db_access.wording import cited, cut


def ownership_problems(document: RawDocument) -> Iterator[str]:
    yield from _access_owner_for_others(document)
    yield from _users_that_own(document)
    yield from _owners_of_nothing(document)
    yield from _own_schemas(document)
    yield from _adopted_and_kept(document)
    yield from _access_owner_to_kept(document)
    for found in document.users:
        yield from _several_owners(document, found)


def _access_owner_for_others(document: RawDocument) -> Iterator[str]:
    """The sessions of a group's member don't start as the owner, so what they create would belong to the member."""
    for what, found in (("groups", document.groups), ("owners", document.owners)):
        for place, grantee in found:
            for at, grant in elements(grantee, "grants", place):
                if grant.get("access") == "owner":
                    yield (
                        f"{document.at(at, 'access')}: 'owner' is not allowed for {what}; allowed: the other presets, "
                        "or `access: owner` for each user"
                    )


def _users_that_own(document: RawDocument) -> Iterator[str]:
    """The master becomes a member of each owner. A user may be in rds_iam, which would lock a password master out."""
    users = {name for _, name in document.user_names}
    for place, name in document.maker_names:
        if name in users:
            yield (
                f"{document.at(place)}: {cited(name)} is a user; allowed: a separate NOLOGIN role, to which the user "
                "gets `access: owner`"
            )


def _owners_of_nothing(document: RawDocument) -> Iterator[str]:
    makers = dict.fromkeys(name for _, name in document.maker_names)
    for place, name in names(document.owners, "name"):
        if name not in makers:
            yield (
                f"{document.at(place)}: {cited(name)} owns no schema and creates in none; {suggestion(name, makers)}"
                f"allowed: {', '.join(map(cut, makers)) or 'none, no schema is declared'}"
            )


def _own_schemas(document: RawDocument) -> Iterator[str]:
    """What others make in an owner's schema is not the owner's, so there a grant may mean something."""
    for place, owner in document.owners:
        for at, grant in elements(owner, "grants", place):
            schemas = document.makers_by_schema.get(str(grant.get("database")), {})
            for where, schema in strings(grant, "schemas", at):
                if schemas.get(schema) == {name := str(owner.get("name"))}:
                    yield (
                        f"{document.at(where)}: {cited(name)} owns schema {cited(schema)} and alone creates there; "
                        "allowed: schemas of other owners, or with other creators"
                    )


def _adopted_and_kept(document: RawDocument) -> Iterator[str]:
    for place, schema in document.schemas:
        if schema.get("owner") == KEEP and schema.get("adopt"):
            yield (
                f"{document.at(place, 'adopt')}: the schema keeps its owner, so there is none to take over; allowed: "
                f"`owner: {KEEP}` without `adopt`, or an owner's name"
            )


def _access_owner_to_kept(document: RawDocument) -> Iterator[str]:
    """Whoever owns the schema, and that may be the master, would be whom the user's sessions act as."""
    for at, grant in document.grants:
        schemas = document.owners_of_schemas.get(str(grant.get("database")), {})
        for _, schema in strings(grant, "schemas") if grant.get("access") == "owner" else ():
            if schemas.get(schema) == KEEP:
                yield (
                    f"{document.at(at, 'access')}: schema {cited(schema)} keeps its owner, whoever that is; allowed: "
                    "the other presets, or the name of a NOLOGIN role as the schema's `owner`"
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
            if isinstance(role, str) and role != KEEP:  # otherwise that is said, or that there is none
                acts_as.setdefault(database, set()).add(role)
    for database, roles in acts_as.items():
        if len(roles) > 1:
            yield (
                f"{document.at(place, 'grants')}: in database {cited(database)} sessions would have to act as "
                f"{', '.join(sorted(roles))} at once; "
                "allowed: `access: owner` for the schemas of one owner and no other grant there, or a second user"
            )
