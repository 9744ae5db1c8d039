"""Every pattern, engine and network that can be chosen passes the gates; those that can't be are refused, with the
reason."""

from dataclasses import replace
from pathlib import Path

import pytest

from db_access.errors import SpecError
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import ENGINES, Engine, Pattern
from keyless_aurora.settings.database import AuroraSettings, InstanceSettings, SecretInstanceSettings
from keyless_aurora.settings.egress import Egress
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.pattern import pattern_problems
from keyless_aurora.settings.workload import Workload
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import SPEC, Synthesis, synthesize
from tests.infrastructure.variants import MIXED, PASSWORDS, VARIANTS


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    environment, spec = VARIANTS[request.param]
    return synthesize(environment, tmp_path_factory.mktemp(request.param), spec)


def test_every_variant_passes_our_own_rules(variant: Synthesis) -> None:
    assert list(breaches(variant.templates)) == []


def test_every_variant_passes_cdk_nag_and_acknowledges_nothing_needlessly(variant: Synthesis) -> None:
    assert mismatches(variant.app) == ([], [])


def test_a_secret_is_made_only_for_a_user_with_a_password_and_is_rotated(variant: Synthesis) -> None:
    schedules = {
        variant.templates.text("access", schedule["Properties"]["SecretId"])
        for schedule in variant.templates.of_type("AWS::SecretsManager::RotationSchedule")
    }
    secrets = {path for path, _ in variant.templates.named("AWS::SecretsManager::Secret")}
    users = {path.rpartition("User-")[2] for path in secrets}
    spec = variant.spec
    assert users == {user.username for user in spec.users if user.auth_method == "password"}
    assert schedules == (set() if variant.environment.database.engine.by_secret else secrets)


def test_an_endpoint_is_made_only_for_secrets_or_by_setting(variant: Synthesis) -> None:
    kinds = sorted(
        endpoint["Properties"].get("VpcEndpointType", "")
        for endpoint in variant.templates.of_type("AWS::EC2::VPCEndpoint")
    )
    settings, master = variant.environment.network, variant.deployment.database.database.master_secret
    secrets = [*variant.templates.of_type("AWS::SecretsManager::Secret"), *([master] if master else [])]
    interface = ["Interface"] if secrets and not getattr(settings, "secrets_endpoint_group", "") else []
    assert kinds == [*(["Gateway"] if settings.s3 else []), *interface]


def test_a_master_has_a_secret_only_where_rds_takes_no_other(variant: Synthesis) -> None:
    database = variant.environment.database
    by_secret = isinstance(database, SecretInstanceSettings)
    made = by_secret or (isinstance(database, AuroraSettings | InstanceSettings) and not database.master_with_iam)
    managed = [
        body["Properties"].get("ManageMasterUserPassword")
        for kind in ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
        for body in variant.templates.of_type(kind)
        if "MasterUsername" in body["Properties"]
    ]
    assert (True in managed) is made
    assert made <= (by_secret or database.engine.family is Family.MYSQL)


def test_the_mysql_family_has_one_run_and_one_look_for_the_server(variant: Synthesis) -> None:
    accesses = [body["Properties"] for body in variant.templates.of_type("Custom::DatabaseAccess")]
    names = [database.name for database in variant.spec.databases]
    if variant.environment.database.engine.by_secret:
        assert accesses == [] and variant.deployment.access is None
    elif variant.environment.database.engine.family.whole_server:
        assert [access["Databases"] for access in accesses] == [names]
    else:
        assert [access["Database"] for access in accesses] == names


ALLOWED = {
    "aurora-postgresql": "ABC",
    "postgres": "ABC",
    "aurora-mysql": "ABC",
    "mysql": "ABC",
    "mariadb": "ABC",
    "sqlserver": "BD",
    "oracle": "D",
    "db2": "D",
    "custom": "D",
}


@pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
@pytest.mark.parametrize("pattern", Pattern)
def test_the_engine_matrix_is_facts_md_s(engine: Engine, pattern: Pattern) -> None:
    assert (pattern in engine.patterns) is (pattern in ALLOWED[engine.id])
    made = "D" if engine.by_secret else ALLOWED[engine.id]
    refusals = list(pattern_problems(engine, {"pattern": pattern}))
    assert bool(refusals) is (pattern not in made)
    for refusal in refusals:
        why = engine.features if pattern not in ALLOWED[engine.id] else "whose users no engine of this project makes"
        assert why in refusal and f"allowed: {made[0]} (" in refusal


def test_oracle_with_iam_is_refused_with_its_reasons(out: Path) -> None:
    oracle = replace(VARIANTS["existing-cluster"][0].database, engine=ENGINES["oracle"])
    with pytest.raises(SettingsError) as refused:
        synthesize(replace(DEV, database=oracle), out)
    assert list(refused.value.problems) == [
        "pattern: pattern A (IAM through RDS Proxy) is impossible with RDS for Oracle: it has no IAM authentication, "
        "and RDS Proxy doesn't work with it; allowed: D (a secret, direct)",
        "database.engine: this app can't create users in RDS for Oracle yet; allowed: Aurora PostgreSQL, RDS "
        "for PostgreSQL, Aurora MySQL, RDS for MySQL, RDS for MariaDB, or SecretInstanceSettings, which creates none",
    ]


UNLIMITED = SPEC.model_copy(
    update={"users": tuple(user.model_copy(update={"connection_limit": -1}) for user in SPEC.users)}
)
WRITER_A, WRITER_B = Workload(10), Workload(10, pattern=Pattern.B)
WRONG: dict[str, tuple[Environment, object, str]] = {
    "B with a user in rds_iam": (
        replace(DEV, workloads={**DEV.workloads, "Writer": WRITER_B}),
        MIXED.model_copy(update={"users": SPEC.users}),
        r"users: none has auth_method: password, which pattern B",
    ),
    "B with one such user": (
        DEV.with_pattern(Pattern.B),
        MIXED,
        r"Migrator: user 'migrator' has auth_method: iam and can_login: true, which pattern B",
    ),
    "A with a password": (
        DEV,
        PASSWORDS,
        r"Migrator: user 'migrator' has auth_method: password(.|\n)*Writer: user 'lambda_writer' has "
        r"auth_method: password .* allowed: auth_method: iam",
    ),
    "direct without a limit": (
        DEV.with_pattern(Pattern.C),
        UNLIMITED,
        r"workloads.Writer.max_concurrency: none, .*give user 'lambda_writer' a connection_limit",
    ),
    "more than it takes": (
        replace(DEV.with_pattern(Pattern.C), workloads={"Writer": Workload(2000), "Migrator": Workload(1)}),
        UNLIMITED,
        r"connections: 1,\d\d\d more than the database has(.|\n)*max_connections +378",
    ),
    "egress without a way": (
        replace(
            DEV, workloads={"Writer": Workload(10, egress=Egress.INTERNET), "Migrator": Workload(1, egress=Egress.S3)}
        ),
        SPEC,
        r"workloads.Writer.egress: egress to the internet needs NAT(.|\n)*workloads.Migrator.egress: egress to "
        r"S3 needs",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_settings_that_cannot_work_are_refused_at_synth(case: str, out: Path) -> None:
    environment, spec, message = WRONG[case]
    with pytest.raises((SettingsError, SpecError), match=message):
        synthesize(environment, out, spec)  # type: ignore[arg-type]


def test_nothing_secret_is_in_a_template_of_any_variant(variant: Synthesis) -> None:
    text = str(variant.templates.by_stack)
    assert "replaced by IAM" not in text and "{{resolve:secretsmanager" not in text
