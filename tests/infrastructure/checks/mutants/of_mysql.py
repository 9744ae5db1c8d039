"""Databases of the MySQL family, broken on purpose: the master's secret, the audit log, and what one family has and the
other hasn't."""

from typing import Any

from keyless_checks.rules import paths, proxy, secrets
from keyless_checks.rules.access import spec as access_spec
from keyless_checks.rules.database import configuration, logins, logs, names
from keyless_checks.rules.decided import ties
from keyless_checks.rules.drift_watch import schedule
from keyless_checks.rules.network import acls, security_groups
from keyless_checks.rules.sessions import functions, variables
from tests.infrastructure.checks.mutants.edit import Mutant, body, drop, less, more, parameter, pick, put
from tests.infrastructure.templates import Change, Templates

CLUSTER, INSTANCE, GROUP, OPTIONS = (
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
    logs.OPTIONS,
)
ACCESS, FUNCTION, READ = "Custom::DatabaseAccess", "AWS::Lambda::Function", "secretsmanager:GetSecretValue"
BOOTSTRAP, ROTATE, WRITER = "access/Bootstrap", "access/Rotate", "workload/Writer"
_MASTER, _TLS = "keyless_mysql_master_has_no_password_of_ours", "keyless_database_requires_tls"
_AUDITED = "CONNECT,QUERY_DCL,QUERY_DDL"


def _told(part: str, **values: object) -> Change:
    return lambda templates: pick(templates, FUNCTION, part).props["Environment"]["Variables"].update(values)


def _untold(part: str, name: str) -> Change:
    return lambda templates: pick(templates, FUNCTION, part).props["Environment"]["Variables"].pop(name)


def _masters_secret(templates: Templates) -> Any:
    """As the access stack refers to it."""
    return pick(templates, FUNCTION, BOOTSTRAP).props["Environment"]["Variables"]["DB_MASTER_SECRET_ARN"]


def _also_master(part: str) -> Change:
    return lambda templates: more(f"{part}/Role", Action=READ, Resource=_masters_secret(templates))(templates)


def _endpoint_writes(templates: Templates) -> None:
    (entry,) = pick(templates, "AWS::EC2::VPCEndpoint").props["PolicyDocument"]["Statement"]
    entry["Action"] = [READ, "secretsmanager:PutSecretValue"]


def _told_masters_secret(templates: Templates) -> None:
    _told(ROTATE, DB_MASTER_SECRET_ARN=_masters_secret(templates))(templates)


def _port(number: int, part: str) -> Change:
    return lambda templates: [
        pick(templates, f"AWS::EC2::SecurityGroup{way}", part).props.update(FromPort=number, ToPort=number)
        for way in ("Ingress", "Egress")
    ]


def _exports(*more_: str) -> Change:
    return put(CLUSTER, EnableCloudwatchLogsExports=["error", "slowquery", "iam-db-auth-error", *more_])


def _audits(name: str, events: str) -> Change:
    option = {"OptionName": name, "OptionSettings": [{"Name": "SERVER_AUDIT_EVENTS", "Value": events}]}
    return put(OPTIONS, OptionConfigurations=[option])


def _parameter(name: str, value: str) -> Change:
    return lambda templates: pick(templates, GROUP).props["Parameters"].update({name: value})


def _one_database(templates: Templates) -> None:
    access = pick(templates, ACCESS).props
    access["Database"] = access.pop("Databases")[0]


def _shared_key(templates: Templates) -> None:
    """The master's secret is encrypted with the data's key."""
    cluster = pick(templates, CLUSTER)
    cluster.props["MasterUserSecret"]["KmsKeyId"] = cluster.props["KmsKeyId"]


ON_AURORA = [
    Mutant("MySQL's master with a password", logins.no_master_password, put(CLUSTER, MasterUserPassword="x"), _MASTER),
    Mutant(
        "MySQL's master without any login",
        logins.no_master_password,
        drop(CLUSTER, "ManageMasterUserPassword"),
        _MASTER,
    ),
    Mutant("the master's secret with RDS's key", logins.no_master_password, drop(CLUSTER, "MasterUserSecret"), _MASTER),
    Mutant("the master's secret with the data's key", ties.keys, _shared_key),
    Mutant(
        "MySQL's master with IAM and a secret",
        logins.no_master_password,
        put(CLUSTER, MasterUserAuthenticationType="iam-db-auth"),
    ),
    Mutant(
        "MySQL without IAM logins",
        logins.iam_logins,
        put(CLUSTER, EnableIAMDatabaseAuthentication=False),
        _MASTER,
    ),
    Mutant("a master's name that MySQL hasn't room for", names.identifiers, put(CLUSTER, MasterUsername="m" * 17)),
    Mutant(
        "a bootstrap function that isn't told the master's secret",
        secrets.masters_reader,
        _untold(BOOTSTRAP, "DB_MASTER_SECRET_ARN"),
    ),
    Mutant(
        "a bootstrap function that may not read the master's secret",
        secrets.masters_reader,
        less(f"{BOOTSTRAP}/Role", READ),
    ),
    Mutant("an endpoint through which the master's secret is written", secrets.passing, _endpoint_writes),
    Mutant("a watch that may read the master's secret", secrets.masters_reader, _also_master("access/Watch")),
    Mutant("code of yours that may read the master's secret", secrets.masters_reader, _also_master(WRITER)),
    Mutant(
        "MySQL that takes connections without TLS",
        configuration.parameters,
        parameter("require_secure_transport", "OFF"),
        _TLS,
    ),
    Mutant(
        "MySQL that may take connections without TLS",
        configuration.parameters,
        parameter("require_secure_transport", None),
        _TLS,
    ),
    Mutant("a parameter of PostgreSQL for MySQL", configuration.parameters, parameter("log_connections", "1")),
    Mutant("an audit of nothing", configuration.parameters, parameter("server_audit_events", None)),
    Mutant("an audit of every statement", configuration.parameters, parameter("server_audit_events", "CONNECT,QUERY")),
    Mutant(
        "Aurora MySQL with the parameters of another version",
        configuration.parameters,
        put("AWS::RDS::DBClusterParameterGroup", Family="aurora-mysql8.0"),
    ),
    Mutant(
        "an instance of another engine than its cluster",
        configuration.same_engine,
        put(INSTANCE, "Reader", Engine="aurora-postgresql"),
    ),
    Mutant("an audit log that is written and not exported", logs.audited, _exports()),
    Mutant("a log of PostgreSQL for MySQL", logs.log_exports, _exports("audit", "postgresql")),
    Mutant(
        "MySQL without its log of errors",
        logs.log_exports,
        put(CLUSTER, EnableCloudwatchLogsExports=["slowquery", "iam-db-auth-error", "audit"]),
    ),
    Mutant("a proxy for PostgreSQL before MySQL", proxy.target, put(proxy.PROXY, EngineFamily="POSTGRESQL")),
    Mutant("MySQL on PostgreSQL's port", variables.same_port, put(CLUSTER, Port=5432)),
    Mutant("a function that is told PostgreSQL's port", variables.same_port, _told(WRITER, MYSQL_TCP_PORT="5432")),
    Mutant("a path to MySQL on PostgreSQL's port", security_groups.between_groups, _port(5432, f"{WRITER}/ToProxy")),
    Mutant("a path to MySQL on another port than is told", paths.clients_arrive, _port(443, f"{WRITER}/ToProxy")),
    Mutant(
        "an ACL entry for PostgreSQL before MySQL",
        acls.narrow_entries,
        put(acls.ENTRY, "WorkloadAcl/Egress1", PortRange={"From": 5432, "To": 5432}),
    ),
    Mutant(
        "a client of MySQL that is told a server of PostgreSQL, too",
        variables.one_family,
        _told(WRITER, PGHOST="db.example"),
    ),
    Mutant("an engine that takes MySQL for PostgreSQL", variables.one_family, _untold(BOOTSTRAP, "DB_ENGINE_FAMILY")),
    Mutant(
        "a client that trusts another root", variables.harmless_variables, _told(WRITER, MYSQL_SSL_CA="/tmp/ca.pem")
    ),
    Mutant(
        "a client with MySQL's variable for a password", variables.harmless_variables, _told(WRITER, MYSQL_PWD="/tmp/x")
    ),
    Mutant("MySQL's users made database by database", access_spec.one_spec, _one_database),
    Mutant("a server whose access is for one database less", access_spec.one_spec, put(ACCESS, Databases=["other"])),
    Mutant(
        "a watch that looks at another server's databases", schedule.scheduled, put(ACCESS, Databases=["app", "more"])
    ),
    Mutant(
        "a watch that MySQL isn't told the master of", access_spec.same_master, _told(BOOTSTRAP, MYSQL_USER="other")
    ),
    Mutant("a reader that MySQL shows every account to", access_spec.same_watch, _told(BOOTSTRAP, WATCH_USER="reader")),
    Mutant("a watch of MySQL that nothing shows any account", access_spec.same_watch, _untold(BOOTSTRAP, "WATCH_USER")),
    Mutant(
        "a function that logs in to MySQL as somebody else",
        functions.told_is_allowed,
        _told(WRITER, MYSQL_USER="migrator"),
    ),
]
ON_MARIADB = [
    Mutant("an audit log that is exported and not written", logs.audited, drop(INSTANCE, "OptionGroupName")),
    Mutant("an option that audits every statement", logs.audited, _audits(logs.PLUGIN, "CONNECT,QUERY")),
    Mutant("an option that nobody decided on", logs.audited, _audits("MEMCACHED", _AUDITED)),
    Mutant("options of another engine", logs.same_options, put(OPTIONS, EngineName="mysql")),
    Mutant("options of another major version", logs.same_options, put(OPTIONS, MajorEngineVersion="11.4")),
    Mutant(
        "options that go before the snapshots",
        logs.same_options,
        body(OPTIONS, DeletionPolicy="Delete", UpdateReplacePolicy="Delete"),
    ),
    Mutant("options that somebody else made", logs.same_options, put(INSTANCE, OptionGroupName="theirs")),
    Mutant("options for no database", configuration.used_parameters, drop(INSTANCE, "OptionGroupName")),
    Mutant(
        "MariaDB that takes connections without TLS",
        configuration.parameters,
        _parameter("require_secure_transport", "0"),
        _TLS,
    ),
    Mutant(
        "a switch of clusters for an instance", configuration.parameters, _parameter("require_secure_transport", "ON")
    ),
    Mutant(
        "MariaDB's master with a password", logins.no_master_password, put(INSTANCE, MasterUserPassword="x"), _MASTER
    ),
    Mutant("a rotation that may read the master's secret", secrets.masters_reader, _also_master(ROTATE)),
    Mutant("a rotation that is told the master's secret", secrets.masters_reader, _told_masters_secret),
    Mutant("a rotation as one user for all", functions.told_is_allowed, _told(ROTATE, MYSQL_USER="migrator")),
    Mutant(
        "a proxy that takes passwords in a way that MariaDB doesn't know",
        proxy.logins,
        lambda templates: [
            entry.update(ClientPasswordAuthType="MYSQL_CACHING_SHA2_PASSWORD")
            for entry in pick(templates, proxy.PROXY).props["Auth"]
        ],
    ),
]
ON_EXISTING = [
    Mutant(
        "a proxy for PostgreSQL before MySQL that exists",
        proxy.target,
        put(proxy.PROXY, EngineFamily="POSTGRESQL"),
    ),
    Mutant(
        "a watch of MySQL that exists, which takes it for PostgreSQL",
        variables.one_family,
        _untold("access/Watch", "DB_ENGINE_FAMILY"),
    ),
]
MUTANTS = [*ON_AURORA, *ON_MARIADB, *ON_EXISTING]
