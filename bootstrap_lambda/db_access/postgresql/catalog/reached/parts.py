"""What the questions have in common. Each row: kind, schema, name, oid, owner, arguments, details in words, the
definition's digest, and rights."""

from typing import Final, LiteralString

DIGEST: Final[LiteralString] = "encode(sha256(convert_to(details::text, 'SQL_ASCII')), 'hex')"
"""Of `details`, an array of texts."""

CONSTRAINT: Final[LiteralString] = """conname, contype, conkey, confrelid, confkey, confupdtype, confdeltype,
    confdelsetcols, conexclop, condeferrable, condeferred, to_jsonb(pg_constraint) ->> 'conenforced', conbin"""
"""What one is defined as; `conenforced` from PostgreSQL 18 on. Not whether the rows before it were checked."""


def rights(grantees: LiteralString) -> LiteralString:
    """What `acl` gives them: role, privilege, and whether it may be passed on."""
    return f"""(
    SELECT array_agg(DISTINCT jsonb_build_array(pg_get_userbyid(grantee), privilege_type, is_grantable))
    FROM aclexplode(acl) WHERE grantee IN ({grantees})
)"""


def membership(which: LiteralString) -> LiteralString:
    """Rows: the member as the name, the role as the owner, and in place of arguments what it doesn't give. Not the
    master's, who comes to each role that it makes."""
    return f"""
SELECT 'membership', NULL, pg_get_userbyid(member)::text, NULL, pg_get_userbyid(roleid)::text,
    concat_ws(', ', CASE WHEN NOT bool_or(inherits) THEN 'without INHERIT' END,
        CASE WHEN NOT bool_or(becomes) THEN 'without SET' END),
    CASE WHEN bool_or(admin_option) THEN 'and may pass it on' END, NULL, NULL::jsonb[]
FROM pg_auth_members, LATERAL (SELECT to_jsonb(pg_auth_members) AS has) AS told,
    LATERAL (SELECT coalesce((has ->> 'inherit_option')::boolean, true) AS inherits,
        coalesce((has ->> 'set_option')::boolean, true) AS becomes) AS options  -- of its own from PostgreSQL 16 on
WHERE ({which}) AND pg_get_userbyid(member) <> %(master)s
GROUP BY member, roleid"""


def attributes(roles: LiteralString) -> LiteralString:
    """Of roles by a table of them: those by which grants don't count. Who may become the role may use them."""
    return f"""
SELECT 'attributes', NULL, rolname::text, NULL, NULL, NULL, has, NULL, NULL
FROM pg_roles, LATERAL (SELECT concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END,
    CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
    CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END) AS has) AS said
WHERE oid IN (SELECT oid FROM {roles}) AND has <> '' AND rolname <> %(master)s"""
