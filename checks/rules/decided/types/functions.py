"""Functions, their layers and logs, and what calls them."""

from checks.rules.decided.forms import Each, Either, Form, Number, Open
from checks.rules.decided.types.words import (
    FUNCTION,
    GROUP,
    HOST,
    LABEL,
    LOG_GROUP,
    OF_A_USER,
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
_PROXY_HOST = r"<AWS::RDS::DBProxy>\.Endpoint|<AWS::RDS::DBProxyEndpoint>\.Endpoint"
_OF_ANY: dict[str, Form] = {
    "Code": ASSET,
    "Description": LABEL,
    "Role": ROLE,
    "Runtime": r"python3\.\d+|nodejs\d+\.x",
    "Timeout": Number(1, 900),
}
_SERVER: dict[str, Form] = {"PGHOST": f"{HOST}|{_PROXY_HOST}", "PGPORT": r"\d{4,5}", "PGUSER": USER}
_LAYER = "<AWS::Lambda::LayerVersion>"
_HANDLER = r"(?!db_access\.)\w+(\.\w+)+"
_OTHER_VARIABLES = r"(?!PG|DB_)[A-Z][A-Z0-9_]*"


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
CLIENT: dict[str, Form] = {
    **_IN_NETWORK,
    "Environment": {
        "Variables": Open({**_SERVER, "PGDATABASE": ".+", "DB_SECRET_ARN?": OF_A_USER}, _OTHER_VARIABLES, "[^{}]*")
    },
    "Handler": _HANDLER,
    "Layers": Each(_LAYER, most=5),
}
_ENGINE: dict[str, Form] = {**_IN_NETWORK, "MemorySize": 1024, "Timeout": 180}
_DATABASE: dict[str, Form] = {**_SERVER, "DB_CLUSTER_RESOURCE_ID": RESOURCE_ID}
_PINNED: dict[str, Form] = {**_DATABASE, "DEPLOYED_SPEC": r'\{"digest":"[0-9a-f]{64}",.+,"protected":(true|false)\}'}
_BOOTSTRAP: dict[str, Form] = {
    **_ENGINE,
    "Environment": {"Variables": _PINNED},
    "Handler": r"db_access\.handler\.on_event",
    "Layers": Each(_LAYER, most=2),
}
_WATCH: dict[str, Form] = {
    **_ENGINE,
    "Environment": {"Variables": {**_PINNED, "MASTER": USER}},
    "Handler": r"db_access\.watch\.handler",
    "Layers": Each(_LAYER, least=2, most=2),
}
_ROTATE: dict[str, Form] = {
    **_ENGINE,
    "Environment": {"Variables": {**_DATABASE, "MANAGED_BY": ".+"}},
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
            *({"DependsOn": WITH_ROLE, "Properties": one} for one in (_OWN, CLIENT, _BOOTSTRAP, _ROTATE, _FRAMEWORK)),
            {
                "DependsOn": waits_for("AWS::IAM::Role", "AWS::IAM::Policy", "Custom::DatabaseAccess"),
                "Properties": _WATCH,
            },
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
