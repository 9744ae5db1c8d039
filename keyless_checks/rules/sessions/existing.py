"""Roles that exist against the access spec."""

from collections.abc import Iterator

from keyless_checks.reading.access import login, users
from keyless_checks.reading.databases import resource_ids
from keyless_checks.reading.place import place
from keyless_checks.reading.roles import Kind, uses
from keyless_checks.reading.statements import allowed_on
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule


def named_roles(templates: Templates) -> Iterator[Finding]:
    """A role that exists is let log in as those users of the access spec alone that name it (`iam_role`)."""
    where, ids = place(templates), resource_ids(templates)
    for use in {(use.role, use.user.path): use for use in uses(templates) if use.kind is Kind.EXISTING}.values():
        mine = [
            name
            for name, user in users(templates).items()
            if login(user) == "iam" and str(user.get("iam_role")).rpartition("/")[2] == use.role
        ]
        expected = {where.arn("rds-db", f"dbuser:{id_}/{name}") for id_ in ids for name in mine} if where else set()
        for arn in sorted(allowed_on(templates, use.role, "rds-db:connect") - expected):
            named = ", ".join(mine) or "none"
            yield Finding(use.user.path, f"role {use.role} may log in by {arn}; users that name it: {named}")


RULES: tuple[Rule, ...] = (named_roles,)
