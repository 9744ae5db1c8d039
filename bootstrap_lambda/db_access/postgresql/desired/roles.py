"""The roles and memberships that an access spec asks for. Pure.

They are the cluster's; only the role that a session starts as is the database's.
"""

from collections.abc import Iterator, Mapping

from db_access.plan.roles import UNLIMITED
from db_access.postgresql.desired.entries import acting
from db_access.postgresql.state import DesiredRole, Membership
from db_access.spec import Access, AccessSpec, Database
from db_access.spec.model.settings import settings

RDS_IAM = "rds_iam"
"""Its members log in with IAM tokens, and only so (AuroraUserGuide, UsingWithRDS.IAMDBAuth.DBAccounts)."""


def roles(spec: AccessSpec, here: Database, password_versions: Mapping[str, str]) -> Iterator[DesiredRole]:
    taken_over = [schema for database in spec.databases for schema in database.schemas if schema.adopt]
    adopted = {name for schema in taken_over for name in schema.makers}
    descriptions = {owner.name: owner.description for owner in spec.owners}
    for maker in spec.makers():
        yield DesiredRole(
            maker, description=descriptions.get(maker, ""), managed_by=spec.managed_by, adopt=maker in adopted
        )
    for group in spec.groups:
        yield DesiredRole(group.name, description=group.description, managed_by=spec.managed_by, adopt=group.adopt)
    for user in spec.users:
        yield DesiredRole(
            user.username,
            login=user.logs_in,
            # Without INHERIT a session that leaves the owner's role has no rights at all, and so
            # can't make an object that belongs to the user and that no default privilege covers.
            inherit=not any(grant.access is Access.OWNER for grant in user.grants),
            connection_limit=UNLIMITED if user.connection_limit is None else user.connection_limit,
            leaves_room=user.connection_limit is None and user.logs_in,
            acts_as=acting(user, here),
            description=user.description,
            managed_by=spec.managed_by,
            valid_until=user.valid_until,
            settings=settings(user.settings),
            password_version=password_versions.get(user.username),
            keeps_password=user.auth_method == "password" and user.username not in password_versions,
            adopt=user.adopt,
        )


def memberships(spec: AccessSpec, master: str) -> Iterator[Membership]:
    yield from (Membership(maker, master) for maker in spec.makers())
    for user in spec.users:
        owners = {owner for database in spec.databases if (owner := acting(user, database)) is not None}
        # PostgreSQL before 16 has no option: there the role's NOINHERIT does it for all of its memberships.
        roles = owners | ({RDS_IAM} if user.auth_method == "iam" else set())
        yield from (Membership(role, user.username, inherit=not owners) for role in roles)
    for who in spec.grantees:
        yield from (Membership(m.name, who.name, inherit=m.inherit, admin=m.admin, set=m.set) for m in who.groups)
