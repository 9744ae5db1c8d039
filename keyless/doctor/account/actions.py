"""All that the doctor may ask AWS; docs/doctor.md lists the rights."""

from typing import Final

from keyless.preflight.account.actions import Actions

ACTIONS: Final[Actions] = {
    "ec2": frozenset({"DescribeNetworkAcls", "DescribeSecurityGroups", "DescribeSubnets"}),
    "iam": frozenset({"GetRole", "SimulatePrincipalPolicy"}),
    "lambda": frozenset({"GetFunctionConfiguration"}),
    "rds": frozenset(
        {
            "DescribeDBClusters",
            "DescribeDBInstances",
            "DescribeDBProxies",
            "DescribeDBProxyEndpoints",
            "DescribeDBProxyTargets",
            "DescribeDBSubnetGroups",
        }
    ),
    "secretsmanager": frozenset({"DescribeSecret", "GetSecretValue"}),
    "sts": frozenset({"GetCallerIdentity"}),
}
