"""Drift in rights on objects, and the changes that put it right."""

from typing import Any

from db_access.plan.changes import Change, Grant, Revoke, Target
from db_access.plan.privileges import Kind, Privilege
from db_access.postgresql.state import CurrentObjects, Desired
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import acl, objects, with_objects

SELECT, INSERT, UPDATE, USAGE = Privilege.SELECT, Privilege.INSERT, Privilege.UPDATE, Privilege.USAGE
EXECUTE, CREATE, CONNECT, TEMPORARY = Privilege.EXECUTE, Privilege.CREATE, Privilege.CONNECT, Privilege.TEMPORARY
TABLE = Target(Kind.TABLE, "foo", ("t",))


def wanted(*grants: dict[str, Any], **database: Any) -> Desired:
    """User `u` with these grants, and `v` without."""
    return asked_for(spec(user("u", *grants, auth_method="none"), user("v", auth_method="none"), **database))


def changes(asked: Desired, *found: CurrentObjects) -> tuple[Change, ...]:
    """What is planned where these objects are as given, and all else as the spec says."""
    return planned(asked, with_objects(as_current(asked), *found))


def table(*names: str, column: str | None = None, **held: str) -> CurrentObjects:
    return objects(Kind.TABLE, *(names or ("t",)), columns=() if column is None else (column,), acl=acl(**held))


def revoke(target: Target, grantee: str, *beyond: Privilege, **about: Any) -> Revoke:
    return Revoke(target, beyond, (grantee,), **about, reason="")


def grant(target: Target, grantee: str, *missing: Privilege) -> Grant:
    return Grant(target, missing, (grantee,), reason="")
