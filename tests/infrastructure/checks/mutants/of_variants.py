"""What the shipped environments don't have, broken on purpose: an RDS instance, and the secrets of users with a
password."""

from typing import Any

from keyless_checks.rules import proxy, secrets
from keyless_checks.rules.access import calls
from keyless_checks.rules.access import spec as access_spec
from keyless_checks.rules.database import configuration, logins, logs, names
from keyless_checks.rules.network import vpc
from keyless_checks.rules.sessions import functions as session_functions
from keyless_checks.rules.sessions import proxies
from tests.infrastructure.checks.mutants.edit import Mutant, drop, inner, less, more, pick, put, remove, statement
from tests.infrastructure.templates import Change, Templates

INSTANCE, GROUP, SECRET, ENDPOINT = (
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
    secrets.SECRET,
    "AWS::EC2::VPCEndpoint",
)
ACCESS, FUNCTION, READ = "Custom::DatabaseAccess", "AWS::Lambda::Function", "secretsmanager:GetSecretValue"
_MASTER = "keyless_instance_master_is_iam"
_FOREIGN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*"


def _parameter(name: str, value: str) -> Change:
    return lambda templates: pick(templates, GROUP).props["Parameters"].update({name: value})


def _passing(**values: Any) -> Change:
    def change(templates: Templates) -> None:
        for entry in pick(templates, ENDPOINT).props["PolicyDocument"]["Statement"]:
            entry.update(values)

    return change


def _secret(templates: Templates, username: str) -> Any:
    """As the access stack refers to it."""
    return pick(templates, ACCESS).props["Secrets"][username]


def _rotated_by_bootstrap(templates: Templates) -> None:
    function = pick(templates, FUNCTION, "access/Bootstrap")
    pick(templates, secrets.ROTATION).props["RotationLambdaARN"] = {"Fn::GetAtt": [function.logical_id, "Arn"]}


def _plain_passwords(templates: Templates) -> None:
    for entry in pick(templates, proxy.PROXY).props["Auth"]:
        entry["ClientPasswordAuthType"] = "POSTGRES_MD5"


ON_INSTANCE = [
    Mutant("an instance of 1 GiB", names.sizes, put(INSTANCE, AllocatedStorage="1")),
    Mutant("an instance that can't grow", names.sizes, put(INSTANCE, MaxAllocatedStorage=20)),
    Mutant("an instance on magnetic disks", names.sizes, put(INSTANCE, StorageType="standard")),
    Mutant(
        "an instance whose master has a password",
        logins.no_master_password,
        put(INSTANCE, MasterUserPassword="x"),
        _MASTER,
    ),
    Mutant(
        "an instance with a managed password",
        logins.no_master_password,
        put(INSTANCE, ManageMasterUserPassword=True),
        _MASTER,
    ),
    Mutant(
        "an instance without IAM logins",
        logins.iam_logins,
        put(INSTANCE, EnableIAMDatabaseAuthentication=False),
        _MASTER,
    ),
    Mutant(
        "an instance that takes connections without TLS",
        configuration.parameters,
        _parameter("rds.force_ssl", "0"),
        "keyless_database_requires_tls",
    ),
    Mutant(
        "an instance with the parameters of another major version",
        configuration.parameters,
        put(GROUP, Family="postgres16"),
    ),
    Mutant(
        "a log export that RDS for PostgreSQL doesn't have",
        logs.log_exports,
        put(INSTANCE, EnableCloudwatchLogsExports=["postgresql", "iam-db-auth-error", "instance"]),
    ),
    Mutant(
        "an instance in a foreign security group",
        configuration.private,
        put(INSTANCE, VPCSecurityGroups=["sg-0123456789abcdef0"]),
    ),
]
WITH_PASSWORDS = [
    Mutant("a password of 8 characters", secrets.generated, inner(SECRET, "GenerateSecretString", PasswordLength=8)),
    Mutant(
        "a user without a secret",
        access_spec.users_secrets,
        lambda templates: pick(templates, ACCESS).props["Secrets"].pop("migrator"),
    ),
    Mutant(
        "two users with one secret",
        access_spec.users_secrets,
        lambda templates: inner(ACCESS, "Secrets", migrator=_secret(templates, "lambda_writer"))(templates),
    ),
    Mutant(
        "a secret for another user than its own",
        access_spec.told_secrets,
        inner(SECRET, "GenerateSecretString", SecretStringTemplate='{"username": "x", "host": "x"}'),
    ),
    Mutant(
        "a secret for another host",
        access_spec.told_secrets,
        inner(SECRET, "GenerateSecretString", SecretStringTemplate='{"username": "migrator", "host": "x"}'),
    ),
    Mutant(
        "a rotation for somebody else's users",
        access_spec.same_manager,
        lambda templates: (
            pick(templates, FUNCTION, "access/Rotate").props["Environment"]["Variables"].update(MANAGED_BY="others")
        ),
    ),
    Mutant("a rotation by another function", calls.rotations, _rotated_by_bootstrap),
    Mutant("a rotation that may not be called", calls.rotations, remove("AWS::Lambda::Permission", "access/Rotation")),
    Mutant(
        "a rotation after three years",
        calls.rotations,
        inner(secrets.ROTATION, "RotationRules", AutomaticallyAfterDays=999),
    ),
    Mutant(
        "a function that is told another user's secret",
        session_functions.own_secret,
        lambda templates: (
            pick(templates, FUNCTION, "workload/Writer")
            .props["Environment"]["Variables"]
            .update(DB_SECRET_ARN=_secret(templates, "migrator"))
        ),
    ),
    Mutant(
        "a function that may read another user's secret",
        session_functions.own_secret,
        lambda templates: more("workload/Writer/Role", Action=READ, Resource=_secret(templates, "migrator"))(templates),
    ),
    Mutant(
        "a proxy without one user's secret",
        proxies.proxys_secrets,
        lambda templates: pick(templates, proxy.PROXY).props["Auth"].pop(),
    ),
    Mutant("a proxy that may not read its secrets", proxies.proxys_secrets, less("database/Proxy/Role", READ)),
    Mutant("a secret that is never rotated", secrets.generated, remove(secrets.ROTATION)),
    Mutant("a secret with AWS's key", secrets.generated, drop(SECRET, "KmsKeyId")),
    Mutant("a user's secret with its value in the template", secrets.generated, put(SECRET, SecretString="x")),
    Mutant(
        "a function that may read every secret",
        secrets.narrow_rights,
        statement("secretsmanager:GetSecretValue", "workload/Writer", Resource=_FOREIGN),
    ),
    Mutant(
        "a function that may use the secrets' key for anything",
        secrets.narrow_rights,
        more("workload/Writer", Action="kms:Decrypt", Resource="arn:aws:kms:eu-west-1:111122223333:key/x"),
    ),
    Mutant("an endpoint that lets everything pass", vpc.endpoint_policies, drop(ENDPOINT, "PolicyDocument")),
    Mutant(
        "an endpoint through which secrets are deleted",
        vpc.endpoint_policies,
        _passing(Action="secretsmanager:DeleteSecret"),
    ),
    Mutant("an endpoint for every secret", vpc.endpoint_policies, _passing(Resource="*")),
    Mutant("an endpoint for every account", vpc.endpoint_policies, _passing(Condition={})),
    Mutant("a proxy that takes MD5 passwords", proxy.logins, _plain_passwords),
]
MUTANTS = [*ON_INSTANCE, *WITH_PASSWORDS]
