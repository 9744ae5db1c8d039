"""What a server has, read in one round trip, whatever is in it."""

from db_access.mysql import names
from db_access.mysql.catalog.queries import Scope
from db_access.mysql.catalog.readers import Procedures, Reader, Tables
from db_access.spec import AccessSpec
from db_access.spec.model.names import split_object

__all__ = ["Procedures", "Reader", "Scope", "Tables", "scope_of"]


def scope_of(spec: AccessSpec) -> Scope:
    grants = [grant for holder in spec.grantees for grant in holder.grants]
    return Scope(
        frozenset(schema.name for database in spec.databases for schema in database.schemas),
        frozenset(column for grant in grants for column in grant.key_columns),
        frozenset(found for grant in grants for name in grant.only if (found := split_object(name, grant.schemas))),
        frozenset((*(user.username for user in spec.users), *(retired.username for retired in spec.retired))),
        frozenset(group.name for group in spec.groups),
        names.watching(spec.managed_by),
        names.of_all(spec.managed_by),
        names.marker(spec.managed_by),
    )
