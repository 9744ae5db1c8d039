"""What can be wrong with an access spec, each said as place, problem and what is allowed.

Works on the raw document, so that a misspelt field doesn't hide a wrong reference elsewhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from db_access.spec.places import declared_schemas, elements, makers, place_text, strings, unknown
from db_access.spec.problems.grants import grant_problems
from db_access.spec.problems.groups import group_problems
from db_access.spec.problems.names import duplicates, name_problems
from db_access.spec.problems.users import user_problems


def reference_problems(raw: object) -> list[str]:
    """Names used but not declared, declared twice, or declared for two purposes."""
    root = raw if isinstance(raw, Mapping) else {}
    return [
        *duplicates(elements(root, "databases"), "name", fold=False),
        *(
            p
            for place, d in elements(root, "databases")
            for p in duplicates(elements(d, "schemas", place), "name", fold=False)
        ),
        *name_problems(root),
        *group_problems(root),
        *grant_problems(root),
        *user_problems(root),
        *_users_that_own(root),
        *_undeclared(root),
        *_mixed_ownership(root),
    ]


def _users_that_own(root: Mapping[str, Any]) -> Iterator[str]:
    """The master becomes a member of every owner and creator; of a user in rds_iam that would lock a password master
    out."""
    users = {name for _, item in elements(root, "users") if isinstance(name := item.get("username"), str)}
    for place, name in makers(root):
        if name in users:
            yield (
                f"{place_text(place)}: {name!r} is a user; allowed: a NOLOGIN role of its own, to which the user "
                f"gets `access: owner`"
            )


def _undeclared(root: Mapping[str, Any]) -> Iterator[str]:
    declared = declared_schemas(root)
    for place, user in (*elements(root, "users"), *elements(root, "groups")):
        for index, name in strings(user, "databases"):
            if name not in declared:
                yield unknown((*place, "databases", index), "database", name, declared)
        for at, grant in elements(user, "grants", place):
            database = grant.get("database")
            if isinstance(database, str) and database not in declared:
                yield unknown((*at, "database"), "database", database, declared)
            elif isinstance(database, str):
                for index, schema in strings(grant, "schemas"):
                    if schema not in declared[database]:
                        yield unknown(
                            (*at, "schemas", index), f"schema in database {database!r}", schema, declared[database]
                        )


def _mixed_ownership(root: Mapping[str, Any]) -> Iterator[str]:
    """A session acts as one role: the owner, or the user itself."""
    declared = declared_schemas(root)
    for place, user in elements(root, "users"):
        acts_as: dict[str, set[str]] = {}
        for _, grant in elements(user, "grants", place):
            owners = declared.get(str(grant.get("database")), {})
            for _, schema in strings(grant, "schemas"):
                role = owners.get(schema) if grant.get("access") == "owner" else "the user itself"
                acts_as.setdefault(str(grant.get("database")), set()).add(str(role))
        for database, roles in acts_as.items():
            if len(roles) > 1 and any(g.get("access") == "owner" for _, g in elements(user, "grants")):
                yield (
                    f"{place_text((*place, 'grants'))}: in database {database!r} sessions would have to act as "
                    f"{', '.join(sorted(roles))}; "
                    "allowed: `access: owner` for the schemas of one owner and no other grant there, or a second user"
                )
