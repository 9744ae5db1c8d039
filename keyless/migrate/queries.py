"""The questions to the catalogs of one database. Parameters: old and new, the roles' names.

No name in them is found outside pg_catalog, for so the session is settled.
"""

from typing import Final, LiteralString

_PAIR: Final[LiteralString] = """
pair AS (SELECT oid, rolname = %(new)s AS new FROM pg_roles WHERE rolname IN (%(old)s, %(new)s))"""

_ACLS: Final[LiteralString] = """
    SELECT 'pg_database'::regclass AS class, oid, 0 AS num, datacl AS acl FROM pg_database
  UNION ALL SELECT 'pg_tablespace'::regclass, oid, 0, spcacl FROM pg_tablespace
  UNION ALL SELECT 'pg_namespace'::regclass, oid, 0, nspacl FROM pg_namespace
  UNION ALL SELECT 'pg_class'::regclass, oid, 0, relacl FROM pg_class
  UNION ALL SELECT 'pg_class'::regclass, attrelid, attnum, attacl FROM pg_attribute
  UNION ALL SELECT 'pg_proc'::regclass, oid, 0, proacl FROM pg_proc
  UNION ALL SELECT 'pg_type'::regclass, oid, 0, typacl FROM pg_type
  UNION ALL SELECT 'pg_language'::regclass, oid, 0, lanacl FROM pg_language
  UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, fdwacl FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 0, srvacl FROM pg_foreign_server
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, 0, lomacl FROM pg_largeobject_metadata
  UNION ALL SELECT 'pg_default_acl'::regclass, oid, 0, defaclacl FROM pg_default_acl"""
_PARAMETERS: Final[LiteralString] = """
  UNION ALL SELECT 'pg_parameter_acl'::regclass, oid, 0, paracl FROM pg_parameter_acl"""


def grants(version: int) -> LiteralString:
    """What both are granted themselves, on whatever isn't theirs: class, oid, column, object, privilege, whether to the
    new one."""
    parameters: LiteralString = _PARAMETERS if version >= 150_000 else ""
    return f"""
WITH {_PAIR}, acls AS ({_ACLS}{parameters})
SELECT class::text, acls.oid, num, pg_describe_object(class, acls.oid, num),
    privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, new
FROM acls, aclexplode(acl) AS held JOIN pair ON pair.oid = grantee
WHERE NOT EXISTS (SELECT FROM pg_shdepend JOIN pair AS owner ON owner.oid = refobjid
    WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o' AND classid = class AND objid = acls.oid
        AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
ORDER BY 4, 5
"""


OWNED: Final[LiteralString] = """
SELECT pg_describe_object(classid, objid, 0) FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid
WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o' AND rolname = %(old)s
    AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND classid <> 'pg_default_acl'::regclass
ORDER BY 1
"""
DEFAULTS: Final[LiteralString] = """
SELECT pg_describe_object('pg_default_acl'::regclass, pg_default_acl.oid, 0)
FROM pg_default_acl JOIN pg_roles ON pg_roles.oid = defaclrole WHERE rolname = %(old)s ORDER BY 1
"""
POLICIES: Final[LiteralString] = f"""
WITH {_PAIR}
SELECT pg_describe_object('pg_policy'::regclass, pg_policy.oid, 0), bool_or(new)
FROM pg_policy JOIN pair ON pair.oid = ANY(polroles) GROUP BY 1 HAVING count(*) = 1 ORDER BY 1
"""
SETTINGS: Final[LiteralString] = f"""
WITH {_PAIR}
SELECT coalesce('in database ' || quote_ident(datname), 'in every database'), split_part(setting, '=', 1),
    substr(setting, strpos(setting, '=') + 1), new
FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting JOIN pair ON pair.oid = setrole
    LEFT JOIN pg_database ON pg_database.oid = setdatabase
"""
ATTRIBUTES: Final[LiteralString] = f"""
WITH {_PAIR}
SELECT jsonb_build_object('SUPERUSER', rolsuper, 'INHERIT', rolinherit, 'CREATEROLE', rolcreaterole,
    'CREATEDB', rolcreatedb, 'REPLICATION', rolreplication, 'BYPASSRLS', rolbypassrls,
    'CONNECTION LIMIT', rolconnlimit), new
FROM pg_roles JOIN pair USING (oid)
"""
MEMBERSHIPS: Final[LiteralString] = f"""
WITH {_PAIR}
SELECT DISTINCT rolname::text, concat_ws(', ', CASE WHEN admin_option THEN 'ADMIN' END,
    'INHERIT ' || (to_jsonb(held) ->> 'inherit_option'), 'SET ' || (to_jsonb(held) ->> 'set_option')), new
FROM pg_auth_members AS held JOIN pair ON pair.oid = member JOIN pg_roles ON pg_roles.oid = roleid
WHERE rolname <> 'rds_iam'
"""
MEMBERS: Final[LiteralString] = """
SELECT DISTINCT member.rolname::text
FROM pg_auth_members AS held JOIN pg_roles AS role ON role.oid = roleid
    JOIN pg_roles AS member ON member.oid = held.member
WHERE role.rolname = %(old)s AND NOT member.rolsuper AND member.rolname <> current_user
    AND coalesce((to_jsonb(held) ->> 'inherit_option')::bool OR (to_jsonb(held) ->> 'set_option')::bool, true)
ORDER BY 1
"""
