"""All that a status may ask AWS; its clients refuse every other operation. docs/status.md lists the rights."""

from typing import Final

from keyless.preflight.account.actions import Actions

ACTIONS: Final[Actions] = {
    "cloudformation": frozenset({"DescribeStacks", "GetTemplate"}),
    "cloudwatch": frozenset({"DescribeAlarms"}),
    "ec2": frozenset({"DescribeRegions"}),
    "lambda": frozenset({"GetFunctionConfiguration"}),
    "rds": frozenset(
        {
            "DescribeDBClusterParameters",
            "DescribeDBClusters",
            "DescribeDBEngineVersions",
            "DescribeDBInstances",
            "DescribeDBParameters",
            "DescribeDBProxies",
            "DescribeDBProxyTargets",
        }
    ),
}
