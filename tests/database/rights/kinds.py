"""Every kind of right that PostgreSQL 15 to 18 has, and what the engine makes of it: docs/rights.md is written from this.

A fact is what a server's own catalogs say there is, as `facts` reads it; behind an @ the first version that has it. Each
has its place in a kind.
"""

from dataclasses import dataclass
from enum import StrEnum


class Treatment(StrEnum):
    PLANNED = "planned"
    """A run takes away what the spec doesn't give, and gives what is missing."""
    PROVEN = "proven"
    """PostgreSQL is asked who has it, before COMMIT and by `keyless prove`."""
    TOLD = "told"
    """Named in the warnings of every run, dry run, proof and drift watch."""


PLANNED, PROVEN, TOLD = Treatment


@dataclass(frozen=True)
class Kind:
    name: str
    treatments: tuple[Treatment, ...]
    note: str
    facts: tuple[str, ...]
    by_hand: tuple[str, ...] = ()
    """How a superuser gives it to a role of ours; none where nobody can have it by itself."""
    told: str = ""
    """What the warning says of that."""
    undo: tuple[str, ...] = ()
    """What a test's database doesn't take along."""
    since: int = 15


KINDS = (
    Kind("Tables, views, foreign tables", (PLANNED, PROVEN), "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, WITH GRANT OPTION too",
        ("acl pg_class.relacl", "function has_table_privilege", "privilege r SELECT", "privilege a INSERT", "privilege w UPDATE", "privilege d DELETE", "privilege D TRUNCATE", "privilege x REFERENCES", "privilege t TRIGGER"),
        ("GRANT SELECT ON foo.event TO lambda_writer",)),
    Kind("MAINTAIN on tables", (PLANNED, PROVEN), "VACUUM, ANALYZE, REINDEX, REFRESH, LOCK", ("privilege m MAINTAIN",), ("GRANT MAINTAIN ON foo.event TO lambda_writer",), since=17),
    Kind("Columns", (PLANNED, PROVEN), "system columns too", ("acl pg_attribute.attacl", "function has_column_privilege", "function has_any_column_privilege"),
        ("GRANT SELECT (ctid) ON foo.event TO lambda_writer",)),
    Kind("Sequences", (PLANNED, PROVEN), "", ("function has_sequence_privilege",), ("GRANT UPDATE ON SEQUENCE foo.event_id_seq TO lambda_writer",)),
    Kind("Functions, procedures, aggregates", (PLANNED, PROVEN), "", ("acl pg_proc.proacl", "function has_function_privilege", "privilege X EXECUTE"),
        ("GRANT EXECUTE ON FUNCTION foo.answer() TO lambda_writer",)),
    Kind("Types and domains", (PLANNED, PROVEN), "PUBLIC keeps USAGE, which opens nothing by itself", ("acl pg_type.typacl", "function has_type_privilege", "privilege U USAGE"),
        ("CREATE TYPE foo.mood AS ENUM ()", "ALTER TYPE foo.mood OWNER TO app_owner", "REVOKE USAGE ON TYPE foo.mood FROM PUBLIC", "GRANT USAGE ON TYPE foo.mood TO lambda_writer")),
    Kind("Schemas", (PLANNED, PROVEN), "of undeclared ones what our roles have is planned", ("acl pg_namespace.nspacl", "function has_schema_privilege", "privilege C CREATE"),
        ("GRANT CREATE ON SCHEMA foo TO lambda_writer",)),
    Kind("The database", (PLANNED, PROVEN), "another database's when the run is about that one; until then, who may connect to it is told", ("acl pg_database.datacl", "function has_database_privilege", "privilege c CONNECT", "privilege T TEMPORARY"),
        ("GRANT TEMPORARY ON DATABASE app TO lambda_writer",)),
    Kind("Default privileges on tables, sequences, functions, types and schemas", (PLANNED,), "nobody has them yet, so there is nothing to prove", ("acl pg_default_acl.defaclacl", "names pg_default_acl.defaclrole", "default TABLES", "default SEQUENCES", "default FUNCTIONS", "default ROUTINES", "default TYPES", "default SCHEMAS"),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT TRUNCATE ON TABLES TO lambda_writer",)),
    Kind("Default privileges on large objects", (TOLD,), "a spec speaks of no large objects", ("default LARGE OBJECTS",),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO lambda_writer",), "'lambda_writer' has rights on default privileges on new large objects belonging to role rdsadmin", since=18),
    Kind("Large objects", (TOLD,), "PUBLIC's are not looked at", ("acl pg_largeobject_metadata.lomacl", "function has_largeobject_privilege@18",),
        ("SELECT lo_create(4711)", "GRANT SELECT ON LARGE OBJECT 4711 TO lambda_writer"), "'lambda_writer' has rights on large object 4711"),
    Kind("Configuration parameters", (TOLD,), "PUBLIC's are not looked at", ("acl pg_parameter_acl.paracl", "function has_parameter_privilege", "privilege s SET", "privilege A ALTER SYSTEM"),
        ("GRANT ALTER SYSTEM ON PARAMETER log_statement TO lambda_writer",), "'lambda_writer' has rights on parameter log_statement", ("REVOKE ALL ON PARAMETER log_statement FROM lambda_writer",)),
    Kind("Languages", (TOLD,), "PUBLIC's are not looked at: who may make functions needs CREATE on a schema, which is proven", ("acl pg_language.lanacl", "function has_language_privilege"),
        ("GRANT USAGE ON LANGUAGE plpgsql TO lambda_writer",), "'lambda_writer' has rights on language plpgsql"),
    Kind("Tablespaces", (TOLD,), "PUBLIC's are not looked at", ("acl pg_tablespace.spcacl", "function has_tablespace_privilege"),
        ("GRANT CREATE ON TABLESPACE pg_default TO lambda_writer",), "'lambda_writer' has rights on tablespace pg_default", ("REVOKE ALL ON TABLESPACE pg_default FROM lambda_writer",)),
    Kind("Foreign data wrappers", (TOLD,), "PUBLIC's are not looked at", ("acl pg_foreign_data_wrapper.fdwacl", "function has_foreign_data_wrapper_privilege"),
        ("CREATE FOREIGN DATA WRAPPER w", "GRANT USAGE ON FOREIGN DATA WRAPPER w TO lambda_writer"), "'lambda_writer' has rights on foreign-data wrapper w"),
    Kind("Foreign servers", (TOLD,), "PUBLIC's are not looked at", ("acl pg_foreign_server.srvacl", "function has_server_privilege"),
        ("CREATE FOREIGN DATA WRAPPER w", "CREATE SERVER s FOREIGN DATA WRAPPER w", "GRANT USAGE ON FOREIGN SERVER s TO lambda_writer"), "'lambda_writer' has rights on server s"),
    Kind("User mappings", (TOLD,), "as whom a user is known to a foreign server", ("names pg_user_mapping.umuser",),
        ("CREATE FOREIGN DATA WRAPPER w", "CREATE SERVER s FOREIGN DATA WRAPPER w", "CREATE USER MAPPING FOR lambda_writer SERVER s"), "'lambda_writer' has rights on user mapping for lambda_writer on server s"),
    Kind("PostgreSQL's own objects", (TOLD,), "`pg_catalog` and `information_schema`; what PUBLIC has there is PostgreSQL's", (),
        ("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO lambda_writer",), "'lambda_writer' has rights on function pg_read_file(text)", ("REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM lambda_writer",)),
    Kind("Extensions' objects of other owners", (TOLD,), "what our roles or the master own is planned and proven like the rest", ("acl pg_init_privs.initprivs", "names pg_extension.extowner"),
        ("CREATE EXTENSION cube SCHEMA foo", "GRANT EXECUTE ON FUNCTION foo.cube_in(cstring) TO lambda_writer"), "'lambda_writer' has rights on function foo.cube_in(cstring)"),
    Kind("What views, rules and SECURITY DEFINER routines hand out", (TOLD,), "their owners' rights, for users that don't have them: [threat model](threat-model.md)", (),
        ("CREATE FUNCTION foo.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "ALTER FUNCTION foo.f() OWNER TO app_owner", "CREATE SCHEMA open", "ALTER FUNCTION foo.f() SET SCHEMA open", "GRANT USAGE ON SCHEMA open TO PUBLIC", "GRANT EXECUTE ON FUNCTION open.f() TO PUBLIC"),
        "function open.f() runs with the rights of 'app_owner' for 'lambda_writer'"),
    Kind("Memberships", (PLANNED, PROVEN), "with their options; members that nobody manages are told", ("option roleid", "option member", "option grantor", "option admin_option", "option oid@16", "option inherit_option@16", "option set_option@16", "function pg_has_role", "names pg_auth_members.roleid", "names pg_auth_members.member", "names pg_auth_members.grantor"),
        ("GRANT app_owner TO lambda_writer",)),
    Kind("Predefined roles", (PLANNED, PROVEN), "as memberships; what they give on the spec's objects is proven", tuple(f"predefined pg_{name}" for name in (
        "database_owner", "read_all_data", "write_all_data", "monitor", "read_all_settings", "read_all_stats", "stat_scan_tables", "read_server_files", "write_server_files", "execute_server_program", "signal_backend", "checkpoint")),
        ("GRANT pg_read_all_data TO lambda_writer",)),
    Kind("Predefined roles of PostgreSQL 16", (PLANNED,), "as memberships", ("predefined pg_use_reserved_connections", "predefined pg_create_subscription"), ("GRANT pg_create_subscription TO lambda_writer",), since=16),
    Kind("Predefined roles of PostgreSQL 17", (PLANNED, PROVEN), "as memberships", ("predefined pg_maintain",), ("GRANT pg_maintain TO lambda_writer",), since=17),
    Kind("Predefined roles of PostgreSQL 18", (PLANNED,), "as memberships", ("predefined pg_signal_autovacuum_worker",), ("GRANT pg_signal_autovacuum_worker TO lambda_writer",), since=18),
    Kind("Attributes that bypass grants", (PLANNED,), "SUPERUSER, CREATEROLE, CREATEDB, REPLICATION, BYPASSRLS; what SUPERUSER gives is proven", ("attribute rolsuper", "attribute rolcreaterole", "attribute rolcreatedb", "attribute rolreplication", "attribute rolbypassrls"),
        ("ALTER ROLE lambda_writer BYPASSRLS",)),
    Kind("Login and its limits", (PLANNED,), "LOGIN, INHERIT, CONNECTION LIMIT, VALID UNTIL; lock-outs are proven", ("attribute oid", "attribute rolname", "attribute rolcanlogin", "attribute rolinherit", "attribute rolconnlimit", "attribute rolvaliduntil"),
        ("ALTER ROLE lambda_writer CONNECTION LIMIT 1000",)),
    Kind("Passwords", (), "set from their secrets and taken from whom has none any more, but only a superuser can see one that was set by hand; an IAM user can't log in with it", ("attribute rolpassword",),
        ("ALTER ROLE lambda_writer PASSWORD 'x'",)),
    Kind("Settings of a role", (PLANNED,), "in every database and in this one", ("names pg_db_role_setting.setrole",), ("ALTER ROLE lambda_writer SET statement_timeout = '1h'",)),
    Kind("Row security policies", (), "they narrow what a privilege gives, and give nothing without one", ("names pg_policy.polroles",), ("CREATE POLICY p ON foo.event TO lambda_writer",)),
    Kind("Ownership in declared schemas", (PLANNED, PROVEN), "of schemas, tables, views, sequences, routines and types, but what a role of the spec owns where `owner: keep` says so; an operator, a collation or a text search object has no ACL, and stays with whoever made it", ("names pg_class.relowner", "names pg_proc.proowner", "names pg_type.typowner", "names pg_namespace.nspowner"),
        ("ALTER TABLE foo.event OWNER TO lambda_writer",)),
    Kind("Ownership of anything else", (), "what a user made elsewhere is its own; to make it needs CREATE, which is proven in the declared schemas and on the database", tuple(f"names {column}" for column in (
        "pg_operator.oprowner", "pg_opfamily.opfowner", "pg_opclass.opcowner", "pg_language.lanowner", "pg_largeobject_metadata.lomowner", "pg_statistic_ext.stxowner", "pg_conversion.conowner", "pg_database.datdba", "pg_tablespace.spcowner", "pg_ts_config.cfgowner", "pg_ts_dict.dictowner", "pg_foreign_data_wrapper.fdwowner", "pg_foreign_server.srvowner", "pg_collation.collowner")),
        ("CREATE SCHEMA theirs AUTHORIZATION lambda_writer",)),
    Kind("Event triggers", (), "only superusers, and RDS's, make them", ("names pg_event_trigger.evtowner",)),
    Kind("Publications and subscriptions", (), "they have owners and no rights: a publication needs CREATE on the database, a subscription a predefined role, and both are planned", ("names pg_publication.pubowner", "names pg_subscription.subowner")),
)  # fmt: skip


def page() -> str:
    """docs/rights.md."""
    lines = [
        "# Kinds of rights",
        "",
        "Every kind of right that PostgreSQL 15 to 18 has, and what the engine makes of it. A test asks each server's own",
        "catalogs, and fails for a kind that isn't named here; another gives each by hand and looks for the answer. Written by",
        "`UPDATE_SNAPSHOTS=1 make database`.",
        "",
        "- **planned**: a run takes away what the spec doesn't give, and gives what is missing; what only somebody else can take",
        "  away is named with the statement to run as whom, and is drift",
        "- **proven**: PostgreSQL is asked who has it, before COMMIT and by `keyless prove`",
        "- **told**: named in the warnings of every run, dry run, proof and of the drift watch; no run takes it away",
        "",
        "| kind | planned | proven | told | |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        since = (
            f" (from PostgreSQL {kind.since} on)"
            if kind.since > 15 and f"PostgreSQL {kind.since}" not in kind.name
            else ""
        )
        marks = " | ".join("yes" if treatment in kind.treatments else "" for treatment in Treatment)
        lines.append(f"| {kind.name}{since} | {marks} | {kind.note} |")
    return "\n".join([*lines, ""])
