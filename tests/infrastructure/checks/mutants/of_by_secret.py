"""Databases of SQL Server, Oracle and Db2, broken on purpose: TLS, the secrets of users, and what would promise an access
that nobody carries out."""

from typing import Any

from keyless_checks.rules import keys, paths, secrets
from keyless_checks.rules.by_secret import honesty, instance, readers
from keyless_checks.rules.database import configuration, data, logins, logs, names
from keyless_checks.rules.database import schedule as windows
from keyless_checks.rules.decided import presence, ties
from keyless_checks.rules.monitoring import topics
from keyless_checks.rules.network import acls, security_groups
from keyless_checks.rules.sessions import functions, variables
from keyless_checks.rules.stacks import content
from tests.infrastructure.checks.mutants.edit import Mutant, add, body, drop, more, pick, put, statement
from tests.infrastructure.templates import Change, Templates

INSTANCE, PARAMETERS, OPTIONS = "AWS::RDS::DBInstance", "AWS::RDS::DBParameterGroup", "AWS::RDS::OptionGroup"
SECRET, FUNCTION, READ = "AWS::SecretsManager::Secret", "AWS::Lambda::Function", "secretsmanager:GetSecretValue"
WRITER, MIGRATOR = "workload/Writer", "workload/Migrator"
_MASTER, _TLS = "keyless_master_by_secret_has_no_password_of_ours", "keyless_database_requires_tls"
_LISTENER = "keyless_oracle_has_a_listener_for_tls"


def _told(part: str, **values: object) -> Change:
    return lambda templates: pick(templates, FUNCTION, part).props["Environment"]["Variables"].update(values)


def _parameter(name: str, value: str | None) -> Change:
    def change(templates: Templates) -> None:
        values = pick(templates, PARAMETERS).props["Parameters"]
        values.pop(name)
        if value is not None:
            values[name] = value

    return change


def _option(**values: object) -> Change:
    return lambda templates: pick(templates, OPTIONS).props["OptionConfigurations"][0].update(values)


def _option_setting(name: str, value: str) -> Change:
    def change(templates: Templates) -> None:
        for one in pick(templates, OPTIONS).props["OptionConfigurations"][0]["OptionSettings"]:
            if one["Name"] == name:
                one["Value"] = value

    return change


def _one_more_option(templates: Templates) -> None:
    options = pick(templates, OPTIONS).props["OptionConfigurations"]
    options.append({"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": options[0]["OptionSettings"]})


def _path(number: int) -> Change:
    return lambda templates: [
        pick(templates, f"AWS::EC2::SecurityGroup{way}", f"{WRITER}/ToDatabase").props.update(
            FromPort=number, ToPort=number
        )
        for way in ("Ingress", "Egress")
    ]


def _secrets_text(old: str, new: str) -> Change:
    """Of the first secret: the part of its text that has no reference."""

    def change(templates: Templates) -> None:
        rule = pick(templates, SECRET).props["GenerateSecretString"]
        parts = rule["SecretStringTemplate"]["Fn::Join"][1]
        assert any(old in part for part in parts if isinstance(part, str))
        parts[:] = [part.replace(old, new) if isinstance(part, str) else part for part in parts]

    return change


def _others_secret(templates: Templates) -> Any:
    return pick(templates, FUNCTION, MIGRATOR).props["Environment"]["Variables"]["DB_SECRET_ARN"]


def _told_others_secret(templates: Templates) -> None:
    _told(WRITER, DB_SECRET_ARN=_others_secret(templates))(templates)


def _also_others(templates: Templates) -> None:
    more(f"{WRITER}/Role", Action=READ, Resource=_others_secret(templates))(templates)


def _also_masters(templates: Templates) -> None:
    """Exported by the database's stack for whoever asks."""
    logical = pick(templates, INSTANCE).logical_id
    templates.by_stack["database"]["Outputs"]["Masters"] = {
        "Value": {"Fn::GetAtt": [logical, "MasterUserSecret.SecretArn"]},
        "Export": {"Name": "Masters"},
    }
    more(f"{WRITER}/Role", Action=READ, Resource={"Fn::ImportValue": "Masters"})(templates)


def _also_writes(templates: Templates) -> None:
    entry = {"Action": "secretsmanager:PutSecretValue", "Resource": _told_secret(templates)}
    more(f"{WRITER}/Role", **entry)(templates)


def _told_secret(templates: Templates) -> Any:
    return pick(templates, FUNCTION, WRITER).props["Environment"]["Variables"]["DB_SECRET_ARN"]


def _endpoint_lets(*actions: str, masters: bool = False) -> Change:
    """One more statement like the first of the endpoint's policy."""

    def change(templates: Templates) -> None:
        entries = pick(templates, "AWS::EC2::VPCEndpoint", "Secrets").props["PolicyDocument"]["Statement"]
        secret = {"Fn::GetAtt": [pick(templates, INSTANCE).logical_id, "MasterUserSecret.SecretArn"]}
        more = {"Resource": secret} if masters else {}
        entries.append({**entries[0], "Action": list(actions), **more})

    return change


def _rules_publish(templates: Templates) -> None:
    entries = pick(templates, "AWS::SNS::TopicPolicy").props["PolicyDocument"]["Statement"]
    others = {key: value for key, value in entries[-1].items() if key != "Condition"}
    entries.append({**others, "Principal": {"Service": "events.amazonaws.com"}, "Sid": "2"})


def _rules_use_the_key(templates: Templates) -> None:
    entries = pick(templates, "AWS::KMS::Key", "Notifications").props["KeyPolicy"]["Statement"]
    name = "kms:EncryptionContext:aws:sns:topicArn"
    context = {"StringEquals": {name: entries[-1]["Condition"]["StringEquals"][name]}}
    entries.append({**entries[-1], "Principal": {"Service": "events.amazonaws.com"}, "Condition": context})


def _with_iam(templates: Templates) -> None:
    arn = {"Fn::Sub": "arn:aws:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:db-ABC/lambda_writer"}
    more(f"{WRITER}/Role", Action="rds-db:connect", Resource=arn)(templates)


def _silent(templates: Templates) -> None:
    outputs = templates.by_stack["database"]["Outputs"]
    outputs.pop(next(name for name, output in outputs.items() if "NobodyMakesUsers" in name))


def _boasting(templates: Templates) -> None:
    outputs = templates.by_stack["database"]["Outputs"]
    name = next(name for name in outputs if "NobodyMakesUsers" in name)
    outputs[name]["Value"] = "The users of RDS for Oracle are made and proven by this project."


def _a_word_in_clear(templates: Templates) -> None:
    rule = pick(templates, SECRET).props["GenerateSecretString"]
    rule["SecretStringTemplate"]["Fn::Join"][1][-1] = '","password":"x","username":"lambda_writer"}'


ON_ORACLE = [
    Mutant("Oracle without a listener for TLS", instance.encrypted_listener, drop(INSTANCE, "OptionGroupName")),
    Mutant(
        "Oracle's listener for TLS on the port in clear", instance.encrypted_listener, _option(Port=1521), _LISTENER
    ),
    Mutant(
        "Oracle's listener with TLS 1.0, too",
        instance.encrypted_listener,
        _option_setting("SQLNET.SSL_VERSION", "1.2 or 1.0"),
        _LISTENER,
    ),
    Mutant(
        "Oracle's listener with a cipher without forward secrecy",
        instance.encrypted_listener,
        _option_setting("SQLNET.CIPHER_SUITE", "SSL_RSA_WITH_AES_256_CBC_SHA"),
    ),
    Mutant(
        "Oracle's listener in a group of somebody else",
        instance.encrypted_listener,
        _option(VpcSecurityGroupMemberships=["sg-0123456789abcdef0"]),
    ),
    Mutant("Oracle with another option than TLS", instance.encrypted_listener, _option(OptionName="OEM"), _LISTENER),
    Mutant("Oracle with one more option", instance.encrypted_listener, _one_more_option, _LISTENER),
    Mutant("Oracle's options for another edition", logs.same_options, put(OPTIONS, EngineName="oracle-ee")),
    Mutant(
        "Oracle's options that go before the snapshots",
        logs.same_options,
        body(OPTIONS, DeletionPolicy="Delete", UpdateReplacePolicy="Delete"),
    ),
    Mutant("a path to Oracle's listener in clear", security_groups.between_groups, _path(1521)),
    Mutant("a path to Oracle that leads to no listener", paths.clients_arrive, _path(443)),
    Mutant("a function that is told Oracle's port in clear", variables.same_port, _told(WRITER, DB_PORT="1521")),
    Mutant(
        "an ACL entry for Oracle's listener in clear",
        acls.narrow_entries,
        put(acls.ENTRY, "WorkloadAcl/Egress1", PortRange={"From": 1521, "To": 1521}),
    ),
    Mutant("an edition of Oracle with a licence that it hasn't", instance.licensed, put(INSTANCE, LicenseModel="x")),
    Mutant("Oracle without a word of its licence", instance.licensed, drop(INSTANCE, "LicenseModel")),
    Mutant("Oracle with a SID that RDS refuses", instance.first_database, put(INSTANCE, DBName="application")),
    Mutant("IAM logins of Oracle", instance.no_iam, put(INSTANCE, EnableIAMDatabaseAuthentication=True), _MASTER),
    Mutant(
        "Oracle's master with a password",
        logins.no_master_password,
        put(INSTANCE, MasterUserPassword="x"),
        _MASTER,
    ),
    Mutant(
        "Oracle's master without any login",
        logins.no_master_password,
        drop(INSTANCE, "ManageMasterUserPassword"),
        _MASTER,
    ),
    Mutant("a function that may read the secret of Oracle's master", secrets.masters_reader, _also_masters),
    Mutant(
        "an endpoint through which a password of Oracle is written, which nobody does",
        secrets.passing,
        _endpoint_lets("secretsmanager:PutSecretValue"),
    ),
    Mutant(
        "an endpoint through which a secret of Oracle is described, which nobody does",
        secrets.passing,
        _endpoint_lets("secretsmanager:DescribeSecret"),
    ),
    Mutant(
        "an endpoint through which the secret of Oracle's master is read, which nobody does",
        secrets.passing,
        _endpoint_lets(READ, masters=True),
    ),
    Mutant("a topic that EventBridge may publish to, where no rule does", topics.confined_topic, _rules_publish),
    Mutant("a topic's key that EventBridge may use, where no rule publishes", keys.needed_uses, _rules_use_the_key),
    Mutant("Oracle with an address of its own", configuration.private, put(INSTANCE, PubliclyAccessible=True), _MASTER),
    Mutant("Oracle's storage in clear", data.own_key, put(INSTANCE, StorageEncrypted=False), _MASTER),
    Mutant("Oracle without backups", data.kept_data, put(INSTANCE, BackupRetentionPeriod=0)),
    Mutant(
        "an audit of Oracle with the data of statements",
        configuration.parameters,
        _parameter("audit_trail", "XML,EXTENDED"),
    ),
    Mutant(
        "Oracle without the log of its listener",
        logs.log_exports,
        put(INSTANCE, EnableCloudwatchLogsExports=["alert", "audit", "oemagent", "trace"]),
    ),
    Mutant("a function that is told the secret of another user of Oracle", functions.own_secret, _told_others_secret),
    Mutant("a function that may read another user's secret, too", readers.one_secret, _also_others),
    Mutant("a function that may change its secret", readers.one_secret, _also_writes),
    Mutant(
        "a function that may read every secret of the account",
        secrets.narrow_rights,
        statement(READ, f"{WRITER}/Role", Resource="*"),
    ),
    Mutant("a right to log in to Oracle with IAM", readers.no_sessions, _with_iam),
    Mutant("a secret that names the port in clear", readers.whole_secrets, _secrets_text("2484", "1521")),
    Mutant("a secret with its password in the template", readers.whole_secrets, _a_word_in_clear),
    Mutant(
        "a password that is too short for Oracle, even",
        secrets.generated,
        lambda templates: pick(templates, SECRET).props["GenerateSecretString"].update(PasswordLength=29),
    ),
    Mutant(
        "a function that logs in as nobody who has a secret", functions.declared_users, _told(WRITER, DB_USER="sys")
    ),
    Mutant("a database by secret that doesn't say that nobody makes its users", honesty.said, _silent),
    Mutant("a database by secret that says that its users are made", honesty.said, _boasting),
    Mutant(
        "an access that nobody carries out",
        honesty.no_engine,
        add("database", "Custom::DatabaseAccess", ServiceToken="arn:aws:lambda:eu-west-1:111122223333:function:x"),
    ),
    Mutant(
        "a rotation that nobody carries out",
        honesty.no_engine,
        add(
            "database",
            "AWS::SecretsManager::RotationSchedule",
            SecretId="x",
            RotationRules={"AutomaticallyAfterDays": 9},
        ),
    ),
    Mutant("a proxy before Oracle", honesty.no_engine, add("database", "AWS::RDS::DBProxy", EngineFamily="ORACLE")),
]
ON_SQLSERVER = [
    Mutant(
        "SQL Server that takes connections without TLS",
        configuration.parameters,
        _parameter("rds.force_ssl", "0"),
        _TLS,
    ),
    Mutant(
        "SQL Server that may take connections without TLS",
        configuration.parameters,
        _parameter("rds.force_ssl", None),
        _TLS,
    ),
    Mutant("SQL Server with options", instance.encrypted_listener, put(INSTANCE, OptionGroupName="default:sqlserver")),
    Mutant("a database that RDS makes in no SQL Server", instance.first_database, put(INSTANCE, DBName="app")),
    Mutant(
        "SQL Server with the parameters of another version",
        configuration.parameters,
        put(PARAMETERS, Family="sqlserver-se-15.0"),
    ),
    Mutant("a log of MySQL for SQL Server", logs.log_exports, put(INSTANCE, EnableCloudwatchLogsExports=["slowquery"])),
    Mutant("SQL Server on another port", variables.same_port, put(INSTANCE, Port="1444")),
    Mutant(
        "a client of SQL Server that is told a server of MySQL, too",
        variables.one_family,
        _told(WRITER, MYSQL_HOST="db.example"),
    ),
    Mutant("an edition of SQL Server that nobody decided on", content.values, put(INSTANCE, Engine="sqlserver-ex")),
    Mutant("a secret that two users share", ties.own, _secrets_text("migrator", "lambda_writer")),
    Mutant("parameters of SQL Server for nobody", presence.used, drop(INSTANCE, "DBParameterGroupName")),
]
ON_DB2 = [
    Mutant("Db2 that listens in clear, too", configuration.parameters, _parameter("db2comm", "TCPIP,SSL"), _TLS),
    Mutant("Db2 that may listen in clear", configuration.parameters, _parameter("db2comm", None), _TLS),
    Mutant("Db2 with TLS on another port than is told", configuration.parameters, _parameter("ssl_svcename", "50444")),
    Mutant("Db2's port for TLS as its port in clear", variables.same_port, put(INSTANCE, Port="50443")),
    Mutant("Database Insights of Db2", windows.observed, put(INSTANCE, EnablePerformanceInsights=True)),
    Mutant("a master's name that Db2 hasn't room for", names.identifiers, put(INSTANCE, MasterUsername="m" * 17)),
]
MUTANTS = [*ON_ORACLE, *ON_SQLSERVER, *ON_DB2]
