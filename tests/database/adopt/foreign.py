"""Databases as others make them: the statements that each tool runs, read in its source, for a small application.

Each is a list of (who runs it, statement). The tables are those of the application's own migrations.
"""

from typing import Final

Statements = list[tuple[str, str]]

_TABLES: Final[Statements] = [
    ("master", "CREATE TABLE {schema}.event (id bigserial PRIMARY KEY, name text)"),
    ("master", "CREATE TABLE {schema}.lookup (id int PRIMARY KEY, name text)"),
    ("master", "INSERT INTO {schema}.lookup VALUES (1, 'one')"),
]


def _tables(schema: str) -> Statements:
    return [(who, statement.format(schema=schema)) for who, statement in _TABLES]


BY_HAND: Final[Statements] = [
    ("master", "CREATE ROLE app_owner NOLOGIN"),
    ("master", "GRANT app_owner TO master"),
    ("master", "CREATE SCHEMA shop AUTHORIZATION app_owner"),
    ("master", "CREATE SCHEMA loose"),
    *_tables("shop"),
    ("master", "ALTER TABLE shop.event OWNER TO app_owner"),
    ("master", "CREATE FUNCTION shop.answer() RETURNS int LANGUAGE sql AS 'SELECT 42'"),
    ("master", "CREATE ROLE readers NOLOGIN"),
    ("master", "COMMENT ON ROLE readers IS 'whoever reads'"),
    ("master", "GRANT USAGE ON SCHEMA shop TO readers"),
    ("master", "GRANT SELECT ON shop.lookup TO readers"),
    ("master", "GRANT USAGE ON SEQUENCE shop.event_id_seq TO readers"),
    ("master", "CREATE ROLE alice LOGIN PASSWORD 'secret' CONNECTION LIMIT 7 VALID UNTIL '2099-01-01 00:00+00'"),
    ("master", "ALTER ROLE alice SET statement_timeout = '5s'"),
    ("master", "GRANT readers TO alice"),
    ("master", "GRANT INSERT, UPDATE ON shop.event TO alice"),
    ("master", "GRANT SELECT (id) ON shop.event TO alice"),
    ("master", "CREATE ROLE token LOGIN"),
    ("master", "GRANT rds_iam TO token"),
    ("master", "GRANT CONNECT, TEMPORARY ON DATABASE app TO token"),
    ("master", "GRANT USAGE, CREATE ON SCHEMA shop TO token"),
    ("master", "CREATE ROLE bob LOGIN"),
    ("master", "GRANT USAGE ON SCHEMA shop TO bob"),
    ("master", "GRANT UPDATE (name) ON shop.event TO bob"),
    ("master", "CREATE ROLE carol LOGIN CREATEDB"),
    ("master", "GRANT SELECT ON shop.event TO carol WITH GRANT OPTION"),
    ("master", "CREATE ROLE dora LOGIN"),
    ("master", "GRANT USAGE ON SCHEMA loose TO dora"),
    ("master", "CREATE ROLE erik LOGIN IN ROLE readers"),
    ("master", "COMMENT ON ROLE erik IS 'from [elsewhere]'"),
]
"""All that a spec can say, and of most of what it can't one."""

CDK_RDS_SQL: Final[Statements] = [
    ("master", "create role \"myrole\" with login password 'secret'"),
    ("master", "DO $$ BEGIN IF EXISTS (select from pg_database where datname = 'app' and datistemplate = false) "
     "THEN grant connect on database app to myrole; END IF; END$$;"),
    ("master", "create role iamrole with login"),
    ("master", "grant rds_iam to iamrole"),
    ("master", "grant connect on database app to iamrole"),
    ("master", "create schema if not exists myschema"),
    ("master", "GRANT USAGE ON SCHEMA myschema TO myrole"),
    ("master", "GRANT CREATE ON SCHEMA myschema TO myrole"),
    *_tables("myschema"),
]  # fmt: skip
"""berenddeboer/cdk-rds-sql, lambda/engine.postgresql.ts: createRole, createSchema, grantRoleForSchema."""

NX: Final[Statements] = [
    *_tables("public"),
    ("master", "CREATE ROLE db_user WITH LOGIN"),
    ("master", "ALTER ROLE db_user WITH LOGIN"),
    ("master", "GRANT CONNECT ON DATABASE app TO db_user"),
    ("master", "GRANT USAGE ON SCHEMA public TO db_user"),
    ("master", "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO db_user"),
    ("master", "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO db_user"),
    ("master", "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO db_user"),
    ("master", "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO db_user"),
    ("master", "GRANT rds_iam TO db_user"),
]
"""awslabs/nx-plugin-for-aws, py/rdb/files/__name__/create_db_user_handler.py.template."""

_OPTIONS: Final = "CONNECTION LIMIT -1 NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT {login} NOBYPASSRLS NOREPLICATION"
_LDAP: Final = "NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT {login} NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1"


TERRAFORM: Final[Statements] = [
    ("master", f"CREATE ROLE tf_owner WITH {_OPTIONS.format(login='NOLOGIN')}"),
    ("master", "GRANT tf_owner TO master"),
    ("master", "CREATE SCHEMA IF NOT EXISTS shop AUTHORIZATION tf_owner"),
    *_tables("shop"),
    ("master", f"CREATE ROLE tf_group WITH {_OPTIONS.format(login='NOLOGIN')}"),
    (
        "master",
        f"CREATE ROLE tf_user WITH ENCRYPTED PASSWORD 'secret' VALID UNTIL 'infinity' {_OPTIONS.format(login='LOGIN')}",
    ),
    ("master", "GRANT tf_group TO tf_user"),
    ("master", "GRANT CONNECT ON DATABASE app TO tf_group"),
    ("master", "GRANT USAGE ON SCHEMA shop TO tf_group"),
    ("master", "GRANT SELECT ON ALL TABLES IN SCHEMA shop TO tf_group"),
    ("master", "GRANT SELECT,UPDATE ON TABLE shop.lookup TO tf_user"),
    ("master", "ALTER DEFAULT PRIVILEGES FOR ROLE tf_owner IN SCHEMA shop GRANT SELECT ON TABLES TO tf_group"),
    ("master", "ALTER DEFAULT PRIVILEGES FOR ROLE master IN SCHEMA shop GRANT SELECT ON TABLES TO tf_group"),
    ("master", f"CREATE ROLE tf_iam WITH {_OPTIONS.format(login='LOGIN')}"),
    ("master", "GRANT rds_iam TO tf_iam"),
    ("master", "GRANT USAGE ON SCHEMA shop TO tf_iam WITH GRANT OPTION"),
]
"""cyrilgdn/terraform-provider-postgresql: resource_postgresql_role.go, _schema.go, _grant.go, _grant_role.go,
_default_privileges.go. The owner stays granted to who applies, as `roles` of that one says."""

LDAP2PG: Final[Statements] = [
    ("master", f"CREATE ROLE readers WITH {_LDAP.format(login='NOLOGIN')}"),
    ("master", f"CREATE ROLE writers WITH {_LDAP.format(login='NOLOGIN')} IN ROLE readers"),
    ("master", f"CREATE ROLE owners WITH {_LDAP.format(login='NOLOGIN')} IN ROLE writers"),
    *[("master", f"COMMENT ON ROLE {role} IS 'Managed by ldap2pg.'") for role in ("readers", "writers", "owners")],
    ("master", "GRANT owners TO master"),
    ("master", "CREATE SCHEMA nominal AUTHORIZATION owners"),
    *_tables("nominal"),
    ("master", "GRANT CONNECT ON DATABASE app TO readers"),
    ("master", "GRANT USAGE ON SCHEMA nominal TO readers"),
    ("master", "GRANT SELECT ON ALL TABLES IN SCHEMA nominal TO readers"),
    ("master", "GRANT TEMPORARY ON DATABASE app TO writers"),
    ("master", "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA nominal TO writers"),
    ("master", "GRANT USAGE ON ALL SEQUENCES IN SCHEMA nominal TO writers"),
    ("master", f"CREATE ROLE corinne WITH {_LDAP.format(login='LOGIN')} IN ROLE readers"),
    ("master", f"CREATE ROLE domitille WITH {_LDAP.format(login='LOGIN')} IN ROLE writers"),
    ("master", f"CREATE ROLE olivier WITH {_LDAP.format(login='LOGIN')} IN ROLE owners"),
    *[("master", f"COMMENT ON ROLE {role} IS 'cn={role},cn=users,dc=bridoulou,dc=fr'")
      for role in ("corinne", "domitille", "olivier")],
    ("master", "GRANT olivier TO master"),
    *[("master", f"ALTER DEFAULT PRIVILEGES FOR ROLE {who} IN SCHEMA nominal GRANT SELECT ON TABLES TO readers")
      for who in ("master", "olivier")],
]  # fmt: skip
"""dalibo/ldap2pg: internal/role/role.go and internal/privileges/builtin.go, for the sample ldap2pg.yml. Creators
are logins with CREATE (internal/inspect/sql/creators.sql); who applies is a member of each (createrole_self_grant)."""

DATABASES: Final = {
    "by hand": BY_HAND,
    "cdk-rds-sql": CDK_RDS_SQL,
    "nx": NX,
    "terraform": TERRAFORM,
    "ldap2pg": LDAP2PG,
}
