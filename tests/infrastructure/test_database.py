"""The cluster and the proxy hold no secret and accept nothing but IAM tokens over TLS."""

import json
from collections.abc import Iterator

import pytest

from keyless_aurora.database_settings import AuroraSettings, Serverless
from tests.infrastructure.support import Change, Rule, Synthesis, Templates

CLUSTER, PROXY, KEY = "database/Database/Cluster", "database/Proxy/Proxy", "database/Database/Key"
PARAMETERS, ROLE = "database/Database/Parameters", "database/Proxy/Role"
WRITER, READER = f"{CLUSTER}/Writer", f"{CLUSTER}/Reader"
TARGETS = f"{PROXY}/ProxyTargetGroup"


def secrets(templates: Templates) -> Iterator[str]:
    """Passwords, and ways to one."""
    cluster = templates.props(CLUSTER)
    yield from (key for key in ("MasterUserPassword", "ManageMasterUserPassword", "MasterUserSecret") if key in cluster)
    if cluster.get("MasterUserAuthenticationType") != "iam-db-auth":
        yield "the master doesn't log in with IAM"
    text = json.dumps(templates.by_stack)
    yield from (word for word in ("AWS::SecretsManager", "secretsmanager", "resolve:ssm", "replaced by IAM") if word in text)


def weak_cluster(templates: Templates) -> Iterator[str]:
    cluster, parameters = templates.props(CLUSTER), templates.props(PARAMETERS)
    facts = {
        "IAM logins": cluster.get("EnableIAMDatabaseAuthentication") is True,
        "Aurora PostgreSQL 17": cluster["Engine"] == "aurora-postgresql" and cluster["EngineVersion"].startswith("17."),
        "parameters of 17": parameters["Family"] == "aurora-postgresql17",
        "its parameter group": templates.text("database", cluster["DBClusterParameterGroupName"]) == PARAMETERS,
        "TLS only": parameters["Parameters"].get("rds.force_ssl") == "1",
        "logged logins": parameters["Parameters"].get("log_connections") == "1",
        "encryption": cluster.get("StorageEncrypted") is True,
        "its own key": templates.text("database", cluster.get("KmsKeyId")) == f"{KEY}.Arn",
        "a rotated key": templates.props(KEY).get("EnableKeyRotation") is True,
        "log exports": cluster.get("EnableCloudwatchLogsExports") == ["postgresql", "iam-db-auth-error"],
        "the logs' own groups first": {"database/Database/Log-postgresql", "database/Database/Log-iam-db-auth-error"}
        <= templates.waits_for(CLUSTER),
        "a serverless writer and reader": [templates.props(i)["DBInstanceClass"] for i in (WRITER, READER)] == ["db.serverless"] * 2,
        "no public address": not any(templates.props(i)["PubliclyAccessible"] for i in (WRITER, READER)),
        "only its group": [templates.text("database", g) for g in cluster["VpcSecurityGroupIds"]] == ["database/Database/Group.GroupId"],
        "a default database": cluster["DatabaseName"] == "app",
        "room to scale": 0 < cluster["ServerlessV2ScalingConfiguration"]["MinCapacity"]
        <= cluster["ServerlessV2ScalingConfiguration"]["MaxCapacity"] <= 256,
    }
    yield from (fact for fact, holds in facts.items() if not holds)


def weak_proxy(templates: Templates) -> Iterator[str]:
    proxy, role = templates.props(PROXY), templates.props(ROLE)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    facts = {
        "IAM at both ends": proxy.get("DefaultAuthScheme") == "IAM_AUTH",
        "no Auth": "Auth" not in proxy,
        "TLS only": proxy.get("RequireTLS") is True,
        "PostgreSQL": proxy["EngineFamily"] == "POSTGRESQL",
        "its own role": templates.text("database", proxy["RoleArn"]) == f"{ROLE}.Arn",
        "trust in RDS alone": trust["Principal"] == {"Service": "rds.amazonaws.com"},
        "trust for this account": templates.text("database", trust.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount"))
        == "ACCOUNT",
        "its role and policy first": {ROLE, f"{ROLE}/DefaultPolicy"} <= templates.waits_for(PROXY),
        "only its group": [templates.text("database", g) for g in proxy["VpcSecurityGroupIds"]] == ["database/Proxy/Group.GroupId"],
        "the cluster behind it": [templates.text("database", c) for c in templates.props(TARGETS)["DBClusterIdentifiers"]] == [CLUSTER],
        "the writer first": WRITER in templates.waits_for(TARGETS),
    }
    yield from (fact for fact, holds in facts.items() if not holds)


@pytest.mark.parametrize("rule", [secrets, weak_cluster, weak_proxy])
def test_the_shipped_database_keeps_every_rule(every: Synthesis, rule: Rule) -> None:
    assert list(rule(every.templates)) == []


def _set(path: str, **values: object) -> Change:
    return lambda templates: templates.props(path).update(values)


def _drop(path: str, key: str) -> Change:
    return lambda templates: templates.props(path).pop(key)


def _parameter(name: str, value: str) -> Change:
    return lambda templates: templates.props(PARAMETERS)["Parameters"].update({name: value})


def _trust(**values: object) -> Change:
    return lambda templates: templates.props(ROLE)["AssumeRolePolicyDocument"]["Statement"][0].update(values)


def _forget_order(path: str) -> Change:
    return lambda templates: templates.at(path).pop("DependsOn")


def _add_secret(templates: Templates) -> None:
    templates.by_stack["database"]["Resources"]["Extra"] = {"Type": "AWS::SecretsManager::Secret", "Properties": {}}


MUTANTS = [
    (secrets, _set(CLUSTER, MasterUserPassword="x")),
    (secrets, _set(CLUSTER, ManageMasterUserPassword=True)),
    (secrets, _set(CLUSTER, MasterUserSecret={})),
    (secrets, _drop(CLUSTER, "MasterUserAuthenticationType")),
    (secrets, _set(CLUSTER, MasterUserAuthenticationType="password")),
    (secrets, _set(CLUSTER, MasterUsername="{{resolve:ssm-secure:x}}")),
    (secrets, _add_secret),
    (weak_cluster, _set(CLUSTER, EnableIAMDatabaseAuthentication=False)),
    (weak_cluster, _set(CLUSTER, EngineVersion="16.4")),
    (weak_cluster, _set(PARAMETERS, Family="aurora-postgresql16")),
    (weak_cluster, _set(CLUSTER, DBClusterParameterGroupName="default.aurora-postgresql17")),
    (weak_cluster, _parameter("rds.force_ssl", "0")),
    (weak_cluster, _parameter("log_connections", "0")),
    (weak_cluster, _set(CLUSTER, StorageEncrypted=False)),
    (weak_cluster, _drop(CLUSTER, "KmsKeyId")),
    (weak_cluster, _set(KEY, EnableKeyRotation=False)),
    (weak_cluster, _set(CLUSTER, EnableCloudwatchLogsExports=["postgresql"])),
    (weak_cluster, _forget_order(CLUSTER)),
    (weak_cluster, _set(READER, DBInstanceClass="db.r6g.large")),
    (weak_cluster, _set(WRITER, PubliclyAccessible=True)),
    (weak_cluster, _set(CLUSTER, VpcSecurityGroupIds=["sg-other"])),
    (weak_cluster, _set(CLUSTER, DatabaseName="postgres")),
    (weak_cluster, _set(CLUSTER, ServerlessV2ScalingConfiguration={"MinCapacity": 4, "MaxCapacity": 2})),
    (weak_proxy, _set(PROXY, DefaultAuthScheme="NONE")),
    (weak_proxy, _drop(PROXY, "DefaultAuthScheme")),
    (weak_proxy, _set(PROXY, Auth=[{"AuthScheme": "SECRETS", "IAMAuth": "DISABLED"}])),
    (weak_proxy, _set(PROXY, RequireTLS=False)),
    (weak_proxy, _set(PROXY, EngineFamily="MYSQL")),
    (weak_proxy, _set(PROXY, RoleArn="arn:aws:iam::1:role/other")),
    (weak_proxy, _trust(Principal={"Service": ["rds.amazonaws.com", "lambda.amazonaws.com"]})),
    (weak_proxy, _trust(Condition={})),
    (weak_proxy, _forget_order(PROXY)),
    (weak_proxy, _set(PROXY, VpcSecurityGroupIds=["sg-other"])),
    (weak_proxy, _set(TARGETS, DBClusterIdentifiers=["other"])),
    (weak_proxy, _forget_order(TARGETS)),
]


@pytest.mark.parametrize(("rule", "change"), MUTANTS)
def test_a_rule_sees_the_database_broken(prod: Synthesis, rule: Rule, change: Change) -> None:
    assert list(rule(prod.templates.broken(change))) != []


def test_protection_and_backups_are_the_environments(every: Synthesis) -> None:
    cluster, settings = every.templates.at(CLUSTER), every.environment.database
    assert isinstance(settings, AuroraSettings) and isinstance(settings.capacity, Serverless)
    care = settings.care
    assert cluster["Properties"]["DeletionProtection"] is care.deletion_protection
    assert cluster["Properties"]["BackupRetentionPeriod"] == care.backup_days
    assert cluster["DeletionPolicy"] == ("Snapshot" if care.deletion_protection else "Delete")
    assert cluster["Properties"]["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": settings.capacity.min_acu, "MaxCapacity": settings.capacity.max_acu}


def test_a_key_outlives_the_snapshots_that_need_it(every: Synthesis) -> None:
    kept = every.templates.at(CLUSTER)["DeletionPolicy"] == "Snapshot"
    assert every.templates.at(KEY)["DeletionPolicy"] == ("Retain" if kept else "Delete")
