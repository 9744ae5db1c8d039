"""Functions, their layers and logs, and what calls them."""

from keyless_checks.engines import EVERY_FAMILY, FAMILIES, POSTGRESQL, Family
from keyless_checks.rules.decided.forms import Each, Either, Form, Number, Open
from keyless_checks.rules.decided.types.words import (
    FUNCTION,
    GROUP,
    HOST,
    LABEL,
    LOG_GROUP,
    OF_A_USER,
    OF_THE_MASTER,
    REGION,
    RESOURCE_ID,
    ROLE,
    SUBNETS,
    TAGS,
    USER,
    waits_for,
)

ASSET: Form = {
    "S3Bucket": rf"cdk-[a-z0-9]+-assets-(\$\{{AWS::AccountId\}}|\d{{12}})-{REGION}",
    "S3Key": r"[0-9a-f]{64}\.zip",
}
_READER_HOST = r"<AWS::RDS::DBProxyEndpoint>\.Endpoint"
_PROXY_HOST = rf"<AWS::RDS::DBProxy>\.Endpoint|{_READER_HOST}"
_OF_ANY: dict[str, Form] = {
    "Code": ASSET,
    "Description": LABEL,
    "Role": ROLE,
    "Runtime": r"python3\.\d+|nodejs\d+\.x",
    "Timeout": Number(1, 900),
}


def _server(family: Family) -> dict[str, Form]:
    names = family.names
    return {names.host: f"{HOST}|{_PROXY_HOST}", names.port: r"\d{4,5}"}


def _logs_in(family: Family) -> dict[str, Form]:
    return {**_server(family), family.names.user: USER}


_LAYER = "<AWS::Lambda::LayerVersion>"
_HANDLER = r"(?!db_access\.)\w+(\.\w+)+"
_OTHER_VARIABLES = r"(?!PG|MYSQL_|DB_)[A-Z][A-Z0-9_]*"


_IN_NETWORK: dict[str, Form] = {
    **_OF_ANY,
    "Architectures": Each("arm64|x86_64", most=1),
    "LoggingConfig": {"LogGroup": LOG_GROUP},
    "MemorySize": Number(128, 10_240),
    "ReservedConcurrentExecutions?": Number(1),
    "Tags": TAGS,
    "VpcConfig": {"SecurityGroupIds": Each(GROUP), "SubnetIds": SUBNETS},
}
_OWN: dict[str, Form] = {
    **_IN_NETWORK,
    "Environment?": {"Variables": Open({}, _OTHER_VARIABLES, "[^{}]*")},
    "Handler": _HANDLER,
    "Layers?": Each(_LAYER, most=5),
}


def client(family: Family) -> dict[str, Form]:
    variables: dict[str, Form] = {
        **_logs_in(family),
        family.names.database: ".+",
        "DB_SECRET_ARN?": OF_A_USER,
        "DB_LOGIN_SECONDS": r"\d|[1-5]\d|60",
        "DB_READER_HOST?": _READER_HOST,
    }
    return {
        **_IN_NETWORK,
        "Environment": {"Variables": Open(variables, _OTHER_VARIABLES, "[^{}]*")},
        "Handler": _HANDLER,
        "Layers": Each(_LAYER, most=5),
    }


def by_secret(family: Family) -> dict[str, Form]:
    """Of a family that the client knows nothing of: host, port, user and where the password is."""
    variables: dict[str, Form] = {**_logs_in(family), family.names.database: ".+", "DB_SECRET_ARN": OF_A_USER}
    return {
        **_IN_NETWORK,
        "Environment": {"Variables": Open(variables, _OTHER_VARIABLES, "[^{}]*")},
        "Handler": _HANDLER,
        "Layers?": Each(_LAYER, most=5),
    }


_BY_SECRET = {family.names: family for family in EVERY_FAMILY if not family.converged}
CLIENTS = (
    *(client(family) for family in FAMILIES),
    *(by_secret(family) for family in _BY_SECRET.values()),
)
_ENGINE: dict[str, Form] = {**_IN_NETWORK, "MemorySize": 1024, "Timeout": 180}
_PINNED: dict[str, Form] = {
    "DB_CLUSTER_RESOURCE_ID": RESOURCE_ID,
    "DEPLOYED_SPEC": r'\{"digest":"[0-9a-f]{64}",.+,"protected":(true|false)(,"approved":"[0-9a-f]{64}")?\}',
}


def _of_family(family: Family) -> dict[str, Form]:
    """What the engine's functions are told beside what PostgreSQL's are."""
    return {} if family is POSTGRESQL else {"DB_ENGINE_FAMILY": family.name}


def _bootstrap(family: Family) -> dict[str, Form]:
    secret: dict[str, Form] = {} if family.iam_master else {"DB_MASTER_SECRET_ARN?": OF_THE_MASTER}
    watch: dict[str, Form] = {"WATCH_USER": USER} if family.whole_server else {}
    return {
        **_ENGINE,
        "Timeout": 840,
        "Environment": {"Variables": {**_logs_in(family), **_PINNED, **_of_family(family), **secret, **watch}},
        "Handler": r"db_access\.handler\.on_event",
        "Layers": Each(_LAYER, most=3),
    }


def _watch(family: Family) -> dict[str, Form]:
    return {
        **_ENGINE,
        "Environment": {"Variables": {**_logs_in(family), **_PINNED, **_of_family(family), "MASTER": USER}},
        "Handler": r"db_access\.watch\.handler",
        "Layers": Each(_LAYER, least=2, most=2),
    }


def _rotate(family: Family) -> dict[str, Form]:
    """Where the master has a secret, it is told no user: it logs in as the one whose secret it is called for."""
    names, user = family.names, {f"{family.names.user}?": USER} if family.whole_server else {family.names.user: USER}
    return {
        **_ENGINE,
        "Environment": {
            "Variables": {
                names.host: HOST,
                names.port: r"\d{4,5}",
                **user,
                "DB_CLUSTER_RESOURCE_ID": RESOURCE_ID,
                **_of_family(family),
                "MANAGED_BY": ".+",
            }
        },
        "Handler": r"db_access\.rotation\.handler",
        "Layers": Each(_LAYER, most=1),
    }


_FRAMEWORK: dict[str, Form] = {
    **_OF_ANY,
    "Environment": {"Variables": {"USER_ON_EVENT_FUNCTION_ARN": FUNCTION}},
    "Handler": r"framework\.onEvent",
    "LoggingConfig": {"ApplicationLogLevel": "FATAL", "LogFormat": "JSON", "LogGroup": LOG_GROUP},
    "Runtime": r"nodejs\d+\.x",
    "Tags": TAGS,
    "Timeout": 900,
}
_DEFAULT_GROUPS: dict[str, Form] = {
    **_OF_ANY,
    "Handler": r"__entrypoint__\.handler",
    "LoggingConfig": {"LogGroup": LOG_GROUP},
    "MemorySize": 128,
    "Runtime": r"nodejs\d+\.x",
}
WITH_ROLE = waits_for("AWS::IAM::Role", "AWS::IAM::Policy")

TYPES: dict[str, Form] = {
    "AWS::Lambda::Function": Either(
        (
            *({"DependsOn": WITH_ROLE, "Properties": one} for one in (_OWN, *CLIENTS, _FRAMEWORK)),
            *(
                {"DependsOn": WITH_ROLE, "Properties": one(family)}
                for family in FAMILIES
                for one in (_bootstrap, _rotate)
            ),
            *(
                {
                    "DependsOn": waits_for("AWS::IAM::Role", "AWS::IAM::Policy", "Custom::DatabaseAccess"),
                    "Properties": _watch(family),
                }
                for family in FAMILIES
            ),
            {"DependsOn": waits_for("AWS::IAM::Role"), "Properties": _DEFAULT_GROUPS},
        )
    ),
    "AWS::Lambda::LayerVersion": {
        "Properties": {
            "CompatibleArchitectures": Each("arm64|x86_64", most=1),
            "CompatibleRuntimes": Each(r"python3\.\d+", most=1),
            "Content": ASSET,
            "Description": LABEL,
        }
    },
}
