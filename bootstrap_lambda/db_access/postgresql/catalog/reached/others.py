"""Whatever else was reached, as PostgreSQL describes it: operators, servers, languages, large objects, default
privileges. What one is made of is in a digest where others than superusers may change it in place.

Of a user mapping that is only that it is there: its options are a secret.
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.reached.objects import RIGHTS
from db_access.postgresql.catalog.reached.parts import DIGEST

SCHEMAS: Final[LiteralString] = f"""
SELECT 'schema', NULL, nspname::text, pg_namespace.oid::text, pg_get_userbyid(nspowner)::text, NULL, NULL, NULL,
    {RIGHTS}
FROM reached JOIN pg_namespace USING (oid), LATERAL (SELECT nspacl AS acl, nspowner AS owner) AS held
WHERE classid = 'pg_namespace'::regclass AND pg_namespace.oid NOT IN (SELECT oid FROM temporary)"""

# By the class of each: the owner, the ACL, and what can be altered in place.
_HELD: Final[LiteralString] = """
SELECT 'pg_operator'::regclass::oid AS classid, oid, oprowner AS owner, NULL::aclitem[] AS acl,
    ARRAY[oprcode::oid::text, oprrest::oid::text, oprjoin::oid::text] AS details FROM pg_operator
UNION ALL
SELECT 'pg_foreign_server'::regclass, oid, srvowner, srvacl, ARRAY[srvfdw::text, srvtype, srvversion, srvoptions::text]
FROM pg_foreign_server
UNION ALL
SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner, fdwacl,
    ARRAY[fdwhandler::text, fdwvalidator::text, fdwoptions::text] FROM pg_foreign_data_wrapper
UNION ALL
SELECT 'pg_language'::regclass, oid, lanowner, lanacl, NULL FROM pg_language
UNION ALL
SELECT 'pg_largeobject'::regclass, oid, lomowner, lomacl, NULL FROM pg_largeobject_metadata
UNION ALL
SELECT 'pg_default_acl'::regclass, oid, defaclrole, defaclacl, NULL FROM pg_default_acl"""

OTHERS: Final[LiteralString] = f"""
SELECT 'other', NULL, pg_describe_object(classid, oid, 0), oid::text, pg_get_userbyid(owner)::text, NULL, NULL,
    {DIGEST}, {RIGHTS}
FROM reached LEFT JOIN ({_HELD}) AS held USING (classid, oid)
WHERE classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass,
    'pg_statistic_ext'::regclass)"""
