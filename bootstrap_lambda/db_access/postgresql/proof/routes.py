"""By which way users come to privileges that they should not have. Reads only."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.plan.privileges import Kind, Privilege
from db_access.postgresql.proof.compare import Violation

# Asked only about violations: users, kinds, oids and privileges are arrays of one length.
_ROUTES: Final[LiteralString] = """
WITH asked AS (
    SELECT username, kind, asked.oid, privilege, pg_roles.oid AS user, rolsuper
    FROM unnest(%(users)s::text[], %(kinds)s::text[], %(oids)s::oid[], %(privileges)s::text[]) 
        AS asked (username, kind, oid, privilege)
        JOIN pg_roles ON rolname = username
),
acls AS (
    SELECT asked.*, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl, '' AS what
    FROM asked JOIN pg_database USING (oid) WHERE kind = 'database'
  UNION ALL
    SELECT asked.*, nspowner, coalesce(nspacl, acldefault('n', nspowner)), '' FROM asked
        JOIN pg_namespace USING (oid) WHERE kind = 'schema'
  UNION ALL
    SELECT asked.*, proowner, coalesce(proacl, acldefault('f', proowner)), '' FROM asked
        JOIN pg_proc USING (oid) WHERE kind = 'function'
  UNION ALL
    SELECT asked.*, typowner, coalesce(typacl, acldefault('T', typowner)), '' FROM asked
        JOIN pg_type USING (oid) WHERE kind = 'type'
  UNION ALL
    SELECT asked.*, relowner, coalesce(relacl, acldefault('r', relowner)), ''
    FROM asked JOIN pg_class USING (oid) WHERE kind IN ('table', 'sequence')
  UNION ALL
    SELECT asked.*, 0, attacl, ' on column ' || attname
    FROM asked JOIN pg_attribute ON attrelid = oid WHERE kind = 'table' AND attacl IS NOT NULL
),
routes AS (
    SELECT username, kind, oid, privilege, 'a superuser attribute' AS route FROM asked WHERE rolsuper
  UNION
    SELECT username, kind, oid, privilege,
        CASE WHEN owner = acls.user THEN 'ownership' ELSE 'membership in its owner ' || pg_get_userbyid(owner) END
    FROM acls WHERE owner <> 0 AND NOT rolsuper AND pg_has_role(acls.user, owner, 'USAGE')
  UNION
    SELECT username, kind, oid, privilege, what_through || what
    FROM acls, aclexplode(acl) AS held, LATERAL (SELECT CASE
        WHEN held.grantee = 0 THEN 'PUBLIC'
        WHEN held.grantee = acls.user THEN 'a grant to the user'
        ELSE 'membership in ' || pg_get_userbyid(held.grantee) END AS what_through) AS through
    WHERE held.privilege_type = privilege AND (held.grantee <> owner OR owner = 0) AND NOT rolsuper
        AND (held.grantee = 0 OR pg_has_role(acls.user, held.grantee, 'USAGE'))
)
SELECT username, kind, oid, privilege, coalesce(string_agg(route, ' and ' ORDER BY route), 'a predefined role') AS route
FROM asked LEFT JOIN routes USING (username, kind, oid, privilege) GROUP BY 1, 2, 3, 4
"""

Routes = Mapping[tuple[str, Kind, int], Mapping[Privilege, str]]


def routes(connection: Connection[Any], found: Sequence[Violation]) -> Routes:
    """By user and object, for each privilege."""
    if not found:
        return {}
    asked = [(s.username, s.of.kind, s.of.oid, privilege) for s in found for privilege in s.privileges]
    users, kinds, oids, privileges = (list(column) for column in zip(*asked, strict=True))
    parameters = {
        "users": users,
        "kinds": [str(k) for k in kinds],
        "oids": oids,
        "privileges": [str(p) for p in privileges],
    }
    by_way_of: dict[tuple[str, Kind, int], dict[Privilege, str]] = {}
    for username, kind, oid, privilege, route in connection.execute(_ROUTES, parameters):
        by_way_of.setdefault((username, Kind(kind), oid), {})[Privilege(privilege)] = route
    return by_way_of
