"""SQL Server, Oracle and Db2: what a function is told and may, what is said of access that nobody carries out, and what
is refused."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import DB2, MYSQL, ORACLE, SQLSERVER, Engine, Pattern
from keyless_aurora.settings.database import License, Provisioned, SecretInstanceSettings
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.monitoring import MonitoringSettings
from keyless_aurora.settings.problems import environment_problems
from keyless_aurora.settings.proxy import ProxySettings
from keyless_aurora.settings.workload import Workload
from keyless_checks.reading.reachability import Reachability
from keyless_checks.reading.templates import as_list
from tests.app.environments import DEV, PROD
from tests.infrastructure.support import SPEC, Synthesis, synthesize
from tests.infrastructure.variants import FINDINGS_BUS, PASSWORDS, TEMPORARY, VARIANTS

PORTS = {"sqlserver-D": (1433, "1433"), "oracle-D": (2484, "1521"), "db2-D": (50443, "50000")}
"""For TLS, and what RDS calls the instance's."""
ENGINES = {"sqlserver-D": "RDS for SQL Server", "oracle-D": "RDS for Oracle", "db2-D": "RDS for Db2"}
LINE = "No engine of this project makes, changes or checks the users of "


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synthesis]:
    return cache(lambda name: synthesize(VARIANTS[name][0], tmp_path_factory.mktemp(name), VARIANTS[name][1]))


def _variables(synthesis: Synthesis) -> dict[str, Any]:
    found: dict[str, Any] = synthesis.templates.props("workload/Writer/Function")["Environment"]["Variables"]
    return found


@pytest.mark.parametrize("name", PORTS)
def test_a_function_is_told_host_port_user_and_where_its_password_is(
    made: Callable[[str], Synthesis], name: str
) -> None:
    told = _variables(made(name))
    assert set(told) == {"DB_HOST", "DB_PORT", "DB_USER", "DB_NAME", "DB_SECRET_ARN"}
    assert (told["DB_PORT"], told["DB_USER"], told["DB_NAME"]) == (str(PORTS[name][0]), "lambda_writer", "app")
    assert made(name).templates.text("workload", told["DB_SECRET_ARN"]) == "database/Secrets/User-lambda_writer"
    assert "Layers" not in made(name).templates.props("workload/Writer/Function")


@pytest.mark.parametrize("name", PORTS)
def test_a_function_may_read_its_secret_and_decrypt_it_and_nothing_else_of_either(
    made: Callable[[str], Synthesis], name: str
) -> None:
    templates = made(name).templates
    statements = templates.props("workload/Writer/Role/DefaultPolicy")["PolicyDocument"]["Statement"]
    about = [one for one in statements if str(one["Action"]).startswith(("secretsmanager:", "kms:"))]
    assert [one["Action"] for one in about] == ["secretsmanager:GetSecretValue", "kms:Decrypt"]
    resources = [templates.text("workload", one["Resource"]) for one in about]
    assert resources == ["database/Secrets/User-lambda_writer", "database/Secrets/Key.Arn"]
    assert "rds-db" not in str(templates.by_stack)


@pytest.mark.parametrize("name", PORTS)
def test_nobody_reaches_the_port_in_clear(made: Callable[[str], Synthesis], name: str) -> None:
    templates, (port, listener) = made(name).templates, PORTS[name]
    assert templates.props("database/Database/Instance")["Port"] == listener
    reached = [
        reach.ports for reach in Reachability(templates).matrix() if reach.target == "database/Database/Instance"
    ]
    assert reached and all(ports == ((port, port),) for ports in map(tuple, reached))


@pytest.mark.parametrize("name", PORTS)
def test_the_stack_and_each_synth_say_that_nobody_makes_users(made: Callable[[str], Synthesis], name: str) -> None:
    deployment, said = made(name).deployment, f"{LINE}{ENGINES[name]}: "
    outputs = made(name).templates.by_stack["database"]["Outputs"].values()
    assert [one["Value"] for one in outputs if str(one["Value"]).startswith(said)] != []
    infos = [str(one.data) for one in deployment.database.node.metadata if one.type == "aws:cdk:info"]
    assert any(info.startswith(said) for info in infos)


@pytest.mark.parametrize("name", PORTS)
def test_there_is_no_engine_no_watch_no_rotation_and_no_proxy(made: Callable[[str], Synthesis], name: str) -> None:
    assert made(name).deployment.access is None and "access" not in made(name).templates.by_stack
    text = str(made(name).templates.by_stack)
    for word in ("Custom::DatabaseAccess", "db_access.", "RotationSchedule", "DBProxy", "rate(", "cron("):
        assert word not in text, word


def test_nobody_may_read_the_secret_of_the_master(made: Callable[[str], Synthesis]) -> None:
    templates = made("oracle-D").templates
    policies = [body["Properties"] for body in templates.of_type("AWS::IAM::Policy")]
    assert "MasterUserSecret" not in str(policies) and "MasterUserSecret" not in str(templates.by_stack["workload"])


@pytest.mark.parametrize("name", PORTS)
def test_the_endpoint_lets_users_secrets_be_read_and_nothing_else(made: Callable[[str], Synthesis], name: str) -> None:
    templates = made(name).templates
    (entry,) = templates.props("database/Secrets/Endpoint")["PolicyDocument"]["Statement"]
    assert entry["Action"] == "secretsmanager:GetSecretValue"
    secrets = [templates.text("database", one) for one in entry["Resource"]]
    assert secrets == ["database/Secrets/User-lambda_writer", "database/Secrets/User-migrator"]


def test_only_alarms_publish_to_the_topic_and_use_its_key(made: Callable[[str], Synthesis]) -> None:
    templates = made("oracle-D").templates
    policy = templates.props("monitoring/Notifications/Topic/Policy")["PolicyDocument"]["Statement"]
    key = templates.props("monitoring/Notifications/Key")["KeyPolicy"]["Statement"]
    services = [one["Principal"]["Service"] for one in (*policy, *key) if "Service" in one["Principal"]]
    assert services == ["cloudwatch.amazonaws.com"] * 2


def test_without_users_nothing_leads_to_secrets_manager(out: Path) -> None:
    """An endpoint without a statement would let everything pass."""
    nobody = AccessSpec.parse({**PASSWORDS.as_properties(), "users": []})
    templates = synthesize(VARIANTS["oracle-D"][0], out, nobody, ()).templates
    assert templates.of_type("AWS::EC2::VPCEndpoint") == []


def test_a_secret_that_the_spec_brings_is_read_and_not_rotated_through_the_endpoint(out: Path) -> None:
    users = PASSWORDS.as_properties()["users"]
    brought = [{**user, "password_secret": BROUGHT} if user["username"] == "migrator" else user for user in users]
    spec = AccessSpec.parse({**PASSWORDS.as_properties(), "users": brought})
    templates = synthesize(VARIANTS["aurora-B"][0], out, spec).templates
    passes = {
        templates.text("database", secret): entry["Action"]
        for entry in templates.props("database/Secrets/Endpoint")["PolicyDocument"]["Statement"]
        for secret in as_list(entry["Resource"])
    }
    assert passes[BROUGHT] == "secretsmanager:GetSecretValue"
    assert "secretsmanager:PutSecretValue" in passes["database/Secrets/User-lambda_writer"]


def test_alarms_tell_the_operator_of_what_the_server_has(made: Callable[[str], Synthesis]) -> None:
    alarms = made("oracle-D-staging").templates.of_type("AWS::CloudWatch::Alarm")
    text = "\n".join(alarm["Properties"]["AlarmDescription"] for alarm in alarms)
    assert "v$session" in text and "IAM logins" not in text and "drift" not in text.lower()


def test_a_password_of_oracle_is_one_that_it_takes(made: Callable[[str], Synthesis]) -> None:
    lengths = {
        name: {
            body["Properties"]["GenerateSecretString"]["PasswordLength"]
            for body in made(name).templates.of_type("AWS::SecretsManager::Secret")
        }
        for name in PORTS
    }
    assert lengths == {"sqlserver-D": {40}, "oracle-D": {30}, "db2-D": {40}}


def test_ids_of_ibm_are_parameters_where_a_licence_is_brought(made: Callable[[str], Synthesis]) -> None:
    parameters = made("db2-own-license").templates.props("database/Database/Parameters")["Parameters"]
    assert (parameters["rds.ibm_customer_id"], parameters["rds.ibm_site_id"]) == ("1234567", "7654321")


def _with(engine: Engine, of: Environment = DEV, **changes: Any) -> Environment:
    environment = of.with_secret_instance(engine)
    assert isinstance(environment.database, SecretInstanceSettings)
    return replace(environment, database=replace(environment.database, **changes))


def _protected(engine: Engine, **changes: Any) -> Environment:
    environment = DEV.with_secret_instance(engine)
    assert isinstance(environment.database, SecretInstanceSettings)
    return _with(engine, protection=replace(environment.database.protection, **changes))


WRONG: dict[str, tuple[Environment, str]] = {
    **{
        f"{engine.id} by {pattern}": (
            DEV.with_secret_instance(engine).with_pattern(pattern),
            f"pattern: pattern {pattern} ({pattern.meaning}) is impossible with {engine.label}: ",
        )
        for engine in (SQLSERVER, ORACLE, DB2)
        for pattern in (Pattern.A, Pattern.B, Pattern.C)
        if (engine, pattern) != (SQLSERVER, Pattern.B)
    },
    "SQL Server by a proxy": (
        DEV.with_secret_instance(SQLSERVER).with_pattern(Pattern.B),
        "pattern: pattern B (a secret through RDS Proxy) is not made for RDS for SQL Server, whose users no engine of "
        "this project makes; allowed: D (a secret, direct)",
    ),
    "one function of SQL Server by a proxy": (
        replace(DEV.with_secret_instance(SQLSERVER), workloads={"Writer": Workload(pattern=Pattern.B)}),
        "workloads.Writer.pattern: pattern B (a secret through RDS Proxy) is not made for RDS for SQL Server",
    ),
    "readers of Oracle": (
        replace(DEV.with_secret_instance(ORACLE), proxy=ProxySettings(reader_endpoint=True)),
        "proxy.reader_endpoint: no pattern in use goes through RDS Proxy; allowed: False",
    ),
    "a bus for what nobody finds": (
        replace(DEV.with_secret_instance(DB2), monitoring=MonitoringSettings(findings_bus=FINDINGS_BUS)),
        "monitoring.findings_bus: no drift watch looks at RDS for Db2, so it would get nothing; allowed: None",
    ),
    "MySQL by secret": (
        replace(DEV.with_secret_instance(ORACLE), database=replace(_with(ORACLE).database, engine=MYSQL)),
        "database.engine: RDS for MySQL is not one of engines whose users nobody makes here; allowed: RDS for SQL "
        "Server, RDS for Oracle, RDS for Db2, or InstanceSettings",
    ),
    "another edition": (_with(SQLSERVER, edition="ex"), "database.edition: ex is unknown; allowed: se, ee"),
    "a licence that is included in none": (
        _with(ORACLE, edition="ee", license=License.INCLUDED),
        "database.license: license-included is unknown; allowed: bring-your-own-license",
    ),
    "a licence of one's own for SQL Server": (
        _with(SQLSERVER, license=License.OWN),
        "database.license: bring-your-own-license is unknown; allowed: license-included",
    ),
    "Db2 without IBM's ids": (
        _with(DB2, license=License.OWN, ibm_site_id="1234"),
        "database.ibm_customer_id: '' is not an id of IBM; allowed: an id of IBM, 4 to 16 digits",
    ),
    "IBM's ids for Oracle": (
        _with(ORACLE, ibm_customer_id="1234567"),
        "database.ibm_customer_id: it is for Db2 with a licence of your own; allowed: none",
    ),
    "Oracle on Graviton": (
        _with(ORACLE, capacity=Provisioned("r8g.large")),
        "database.capacity.instance_class: 'r8g.large' is of AWS Graviton, which has none of these engines; allowed: "
        "one of Intel or AMD",
    ),
    "a version of another major": (
        _with(ORACLE, engine_version="21.0.0.0.ru-2025-10.rur-2025-10.r1"),
        "database.engine_version: '21.0.0.0.ru-2025-10.rur-2025-10.r1' is not a version of RDS for Oracle",
    ),
    "a first database of SQL Server": (
        _with(SQLSERVER, initial_database="app"),
        "database.initial_database: 'app', and RDS creates no database for this engine; allowed: none",
    ),
    "a SID that is too long": (
        _with(ORACLE, initial_database="application"),
        "database.initial_database: 'application' is not a name of a letter and up to 7 letters and digits",
    ),
    "an audit": (
        _protected(ORACLE, audit=True),
        "database.protection.audit: no audit of RDS for Oracle is switched on",
    ),
    "Database Insights of Db2": (
        _protected(DB2, advanced_insights=True),
        "database.protection.advanced_insights: RDS for Db2 has no Database Insights; allowed: False",
    ),
    "more storage than SQL Server takes": (
        _with(SQLSERVER, max_storage_gib=20_000),
        "database.max_storage_gib: 20000 GiB is out of range; allowed: 22 to 16384 GiB",
    ),
    "no standby of what is kept": (
        _with(ORACLE, PROD, multi_az=False),
        "database.multi_az: False takes a database whose data is kept away with its zone",
    ),
    "no connections": (_with(DB2, max_connections=0), "database.max_connections: 0 is out of range; allowed: 1 to"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_these_engines_have_not_is_refused_with_what_is_allowed(case: str) -> None:
    environment, sentence = WRONG[case]
    found = list(environment_problems(environment))
    assert [problem for problem in found if problem.startswith(sentence)] != [], found


@pytest.mark.parametrize("engine", [SQLSERVER, ORACLE, DB2], ids=lambda engine: engine.id)
def test_what_is_tried_out_is_what_its_settings_allow(engine: Engine) -> None:
    for environment in (DEV, PROD):
        assert list(environment_problems(environment.with_secret_instance(engine))) == []


def test_approvals_are_refused(out: Path) -> None:
    with pytest.raises(
        SettingsError, match="approval: True is for PostgreSQL alone so far, and the database is RDS for Db2"
    ):
        synthesize(replace(DEV.with_secret_instance(DB2), approval=True), out, PASSWORDS)


BROUGHT = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mine-AbCdEf"
SPECS = {
    "tokens": (ORACLE, SPEC.as_properties(), "user 'migrator' has auth_method: iam .* allowed: auth_method: password"),
    "memberships for a while": (ORACLE, TEMPORARY.as_properties(), "users: may_have of alice .* RDS for Oracle"),
    "a secret that somebody brings": (
        SQLSERVER,
        {
            **PASSWORDS.as_properties(),
            "users": [{**user, "password_secret": BROUGHT} for user in PASSWORDS.as_properties()["users"][:1]],
        },
        r"users\[0\]\.password_secret: of RDS for SQL Server only this app's own secrets are handed to functions",
    ),
    "a name that Db2 hasn't room for": (
        DB2,
        {**PASSWORDS.as_properties(), "databases": [{"name": "application"}], "users": []},
        "databases: RDS for Db2 can't be created with 'application'; allowed: a letter and up to 7 letters and digits",
    ),
}


@pytest.mark.parametrize("case", SPECS)
def test_a_spec_that_nobody_could_meet_is_refused(case: str, out: Path) -> None:
    engine, spec, sentence = SPECS[case]
    with pytest.raises(SpecError, match=sentence):
        synthesize(DEV.with_secret_instance(engine), out, AccessSpec.parse(spec))
