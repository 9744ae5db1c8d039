"""What IAM lets every function in the network do, as AWS lists it."""

# AWSLambdaVPCAccessExecutionRole, version 3, without its rights on logs. EC2 knows no narrower resource for most of
# them.
INTERFACES = frozenset(
    f"ec2:{action}"
    for action in (
        "CreateNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    )
)
SESSIONS = frozenset(
    {
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
)
"""Of a server's agent, for Session Manager alone: AWSCloud9SSMInstanceProfile."""
LOGS = frozenset({"logs:CreateLogStream", "logs:PutLogEvents"})
