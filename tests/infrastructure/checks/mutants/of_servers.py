"""Servers broken on purpose. What they are made of is `tests.infrastructure.workloads`."""

import json
from typing import Any

from keyless_checks.rules import paths, servers
from keyless_checks.rules.network import vpc
from keyless_checks.rules.roles import actions
from keyless_checks.rules.sessions import functions, variables
from tests.infrastructure.checks.mutants.edit import Mutant, less, more, pick, put, remove
from tests.infrastructure.templates import Change, Templates

TEMPLATE, GROUP, OUT = "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::SecurityGroupEgress"
SITE, ROLE, CONNECT = "services/Site", "services/Site/Role", "rds-db:connect"


def data(**values: object) -> Change:
    """Change what the launch template says; None takes a property away."""

    def change(templates: Templates) -> None:
        found = pick(templates, TEMPLATE, SITE).props["LaunchTemplateData"]
        found.update(values)
        for name in [name for name, value in values.items() if value is None]:
            del found[name]

    return change


def disk(**values: object) -> Change:
    return lambda templates: (
        pick(templates, TEMPLATE, SITE).props["LaunchTemplateData"]["BlockDeviceMappings"][0]["Ebs"].update(values)
    )


def in_user_data(old: str, new: str) -> Change:
    """Change its text."""

    def change(templates: Templates) -> None:
        found: dict[str, Any] = pick(templates, TEMPLATE, SITE).props["LaunchTemplateData"]
        text = json.dumps(found["UserData"])
        assert old in text, old
        found["UserData"] = json.loads(text.replace(old, new))

    return change


MUTANTS = [
    Mutant("a server with a key", servers.sessions_only, data(KeyName="ops")),
    Mutant("a server that starts SSH", servers.sessions_only, in_user_data("set -eu", "systemctl start sshd")),
    Mutant(
        "a server with a public address",
        servers.sessions_only,
        data(NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}]),
    ),
    Mutant("a server in a group of somebody else", servers.sessions_only, data(SecurityGroupIds=["sg-0123456789"])),
    Mutant("a server in a group by its name, too", servers.sessions_only, data(SecurityGroups=["default"])),
    Mutant(
        "credentials for whoever can make a server ask",
        servers.own_credentials,
        data(MetadataOptions={"HttpTokens": "optional"}),
    ),
    Mutant(
        "credentials for containers on a server",
        servers.own_credentials,
        data(MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2}),
    ),
    Mutant("a server without a role", servers.own_credentials, data(IamInstanceProfile=None)),
    Mutant(
        "a server with a role that no stack makes", servers.own_credentials, data(IamInstanceProfile={"Name": "admins"})
    ),
    Mutant("a disk in the clear", servers.encrypted_disks, disk(Encrypted=False)),
    Mutant("a disk that its image decides about", servers.encrypted_disks, data(BlockDeviceMappings=None)),
    Mutant("a disk that stays", servers.encrypted_disks, disk(DeleteOnTermination=False)),
    Mutant("an image by a parameter of somebody's", servers.plain_start, data(ImageId="resolve:ssm:/ours/image")),
    Mutant("a password in user data", servers.plain_start, in_user_data("set -eu", "export DB_PASSWORD=x")),
    Mutant(
        "a password in an address in user data",
        servers.plain_start,
        in_user_data("set -eu", "git clone https://ops:hunter2@example.com/site"),
    ),
    Mutant(
        "a password on a command line in user data",
        servers.plain_start,
        in_user_data("set -eu", "site --password hunter2"),
    ),
    Mutant(
        "a key of AWS in user data",
        servers.plain_start,
        in_user_data("set -eu", "aws configure set x AKIAIOSFODNN7EXAMPLE"),
    ),
    Mutant("servers past the proxy", functions.told_is_allowed, in_user_data("PGUSER=site", "PGHOST=10.0.0.1")),
    Mutant("servers that are told another user", functions.told_is_allowed, in_user_data("PGUSER=site", "PGUSER=api")),
    Mutant("servers that may not log in", functions.told_is_allowed, less(ROLE, CONNECT)),
    Mutant(
        "servers to a database that the spec lacks",
        functions.declared_users,
        in_user_data("PGDATABASE=app", "PGDATABASE=x"),
    ),
    Mutant(
        "servers without TLS",
        variables.harmless_variables,
        in_user_data("PGUSER=site", "PGSSLMODE=disable\\nPGUSER=site"),
    ),
    Mutant("servers whose group lets nothing out", paths.clients_arrive, remove(OUT, f"{SITE}/ToProxy")),
    Mutant(
        "servers in subnets of somebody else",
        vpc.private_subnets,
        put(GROUP, SITE, VPCZoneIdentifier=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]),
    ),
    Mutant(
        "servers in one subnet that is public",
        vpc.private_subnets,
        lambda templates: _public(templates),
    ),
    Mutant(
        "servers that may read parameters",
        actions.actions,
        more(ROLE, Action="ssm:GetParameter", Resource="arn:aws:ssm:eu-west-1:111122223333:parameter/x"),
        "keyless_no_right_to_secrets",
    ),
    Mutant(
        "servers that may run commands elsewhere",
        actions.actions,
        more(ROLE, Action="ssm:SendCommand", Resource="arn:aws:ec2:eu-west-1:111122223333:instance/i-0"),
    ),
]


def _public(templates: Templates) -> None:
    subnet = pick(templates, "AWS::EC2::Subnet", "PublicSubnet")
    templates.by_stack["network"].setdefault("Outputs", {})["Extra"] = {
        "Value": {"Ref": subnet.logical_id},
        "Export": {"Name": "extra"},
    }
    put(GROUP, SITE, VPCZoneIdentifier=[{"Fn::ImportValue": "extra"}])(templates)
