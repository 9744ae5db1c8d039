"""RDS Proxy, its endpoints and its targets."""

from keyless_checks.engines import ENGINES, FAMILIES
from keyless_checks.rules.decided.forms import Each, Form, Number
from keyless_checks.rules.decided.types.words import GROUP, OF_A_USER, ROLE, SUBNETS, TAGS, waits_for

_IDENTIFIER = "[a-z](-?[a-z0-9])*"
_PROXY_NAME = "[A-Za-z](-?[A-Za-z0-9]){0,62}"

TYPES: dict[str, Form] = {
    "AWS::RDS::DBProxy": {
        "DependsOn": waits_for("AWS::IAM::Role", "AWS::IAM::Policy"),
        "Properties": {
            "Auth?": Each(
                {
                    "AuthScheme": "SECRETS",
                    "ClientPasswordAuthType": "|".join(
                        sorted({facts.password for facts in ENGINES.values() if facts.password})
                    ),
                    "IAMAuth": "DISABLED",
                    "SecretArn": OF_A_USER,
                }
            ),
            "DBProxyName": _PROXY_NAME,
            "DebugLogging": False,
            "DefaultAuthScheme": "IAM_AUTH|NONE",
            "EngineFamily": "|".join(family.proxy for family in FAMILIES),
            "IdleClientTimeout": Number(1, 28_800),
            "RequireTLS": True,
            "RoleArn": ROLE,
            "Tags": TAGS,
            "VpcSecurityGroupIds": Each(GROUP),
            "VpcSubnetIds": SUBNETS,
        },
    },
    "AWS::RDS::DBProxyEndpoint": {
        "Properties": {
            "DBProxyEndpointName": _PROXY_NAME,
            "DBProxyName": "<AWS::RDS::DBProxy>",
            "Tags": TAGS,
            "TargetRole": "READ_ONLY",
            "VpcSecurityGroupIds": Each(GROUP),
            "VpcSubnetIds": SUBNETS,
        }
    },
    "AWS::RDS::DBProxyTargetGroup": {
        "DependsOn?": waits_for(),
        "Properties": {
            "ConnectionPoolConfigurationInfo": {
                "ConnectionBorrowTimeout": Number(0, 300),
                "MaxConnectionsPercent": Number(1, 100),
                "MaxIdleConnectionsPercent": Number(0, 100),
            },
            "DBClusterIdentifiers?": Each(f"<AWS::RDS::DBCluster>|{_IDENTIFIER}", most=1),
            "DBInstanceIdentifiers?": Each(f"<AWS::RDS::DBInstance>|{_IDENTIFIER}", most=1),
            "DBProxyName": "<AWS::RDS::DBProxy>",
            "TargetGroupName": "default",
        },
    },
}
