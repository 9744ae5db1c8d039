"""A bastion broken on purpose. What it is made of is `tests.infrastructure.workloads.people`."""

from typing import Any

from keyless_checks.reading.bastions import TAG
from keyless_checks.rules import bastions, paths
from keyless_checks.rules.roles import actions
from tests.infrastructure.checks.mutants.edit import Mutant, more, pick, put
from tests.infrastructure.templates import Change, Templates

GROUP, TEMPLATE = "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::LaunchTemplate"
IN, OUT = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
BASTION, ROLE = "people/Bastion", "people/Bastion/Role"
_PROXY = "arn:aws:rds-db:eu-west-1:111122223333:dbuser:prx-0123456789abcdef0"


def tagged(**values: object) -> Change:
    def change(templates: Templates) -> None:
        (tag,) = [tag for tag in pick(templates, GROUP, BASTION).props["Tags"] if tag["Key"] == TAG]
        tag.update(values)

    return change


def _to_the_internet(templates: Templates) -> None:
    """By a NAT gateway that is there for others."""
    group = pick(templates, "AWS::EC2::SecurityGroup", BASTION).logical_id
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
    templates.by_stack["people"]["Resources"]["More"] = {
        "Type": OUT,
        "Properties": {**rule, "GroupId": {"Fn::GetAtt": [group, "GroupId"]}},
    }
    _nat(templates)


def _nat(templates: Templates) -> None:
    resources = templates.by_stack["network"]["Resources"]
    subnet = next(r for r in templates.all("AWS::EC2::Subnet") if "Workload" in r.path)
    tables = templates.all("AWS::EC2::SubnetRouteTableAssociation")
    workload = [tie.props["RouteTableId"] for tie in tables if "Workload" in tie.path]
    resources["Nat"] = {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": {"Ref": subnet.logical_id}}}
    for number, table in enumerate(workload):
        out = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}
        resources[f"Out{number}"] = {"Type": "AWS::EC2::Route", "Properties": out}
    for entry in [r for r in templates.all("AWS::EC2::NetworkAclEntry") if "WorkloadAcl" in r.path]:
        entry.props["CidrBlock"] = "0.0.0.0/0"


def _reached_by(part: str) -> Change:
    """A path from another client to the bastion's machine."""

    def change(templates: Templates) -> None:
        names = [pick(templates, "AWS::EC2::SecurityGroup", path).logical_id for path in (part, BASTION)]
        ends: list[Any] = [{"Fn::GetAtt": [name, "GroupId"]} for name in names]
        shared = templates.by_stack["people"]
        stack = pick(templates, "AWS::EC2::SecurityGroup", part).stack
        templates.by_stack[stack].setdefault("Outputs", {})["Extra"] = {"Value": ends[0], "Export": {"Name": "extra"}}
        source = {"Fn::ImportValue": "extra"}
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
        shared["Resources"]["MoreOut"] = {
            "Type": OUT,
            "Properties": {**rule, "GroupId": source, "DestinationSecurityGroupId": ends[1]},
        }
        shared["Resources"]["MoreIn"] = {
            "Type": IN,
            "Properties": {**rule, "GroupId": ends[1], "SourceSecurityGroupId": source},
        }

    return change


def _user_data(templates: Templates) -> None:
    data = pick(templates, TEMPLATE, BASTION).props["LaunchTemplateData"]
    data["UserData"] = {"Fn::Base64": "#!/bin/bash\nset -eu\ndnf install -y socat\n"}


def _sibling(templates: Templates) -> None:
    """Another group from the same launch template."""
    props = pick(templates, GROUP, BASTION).props
    untagged = {**props, "Tags": []}
    templates.by_stack["people"]["Resources"]["More"] = {"Type": GROUP, "Properties": untagged}


MUTANTS = [
    Mutant("a bastion that reaches the internet", bastions.only_forwards, _to_the_internet),
    Mutant("a bastion that runs something", bastions.bare, _user_data),
    Mutant("servers that start as a bastion does", bastions.bare, _sibling),
    Mutant("several bastions", bastions.bare, put(GROUP, BASTION, MinSize="3")),
    Mutant("a bastion that no policy can name", bastions.bare, tagged(Value="")),
    Mutant("a bastion whose tag is the group's alone", paths.nobody_else, tagged(PropagateAtLaunch=False)),
    Mutant(
        "a bastion that logs in itself",
        actions.actions,
        more(ROLE, Action="rds-db:connect", Resource=f"{_PROXY}/ana"),
    ),
    Mutant(
        "a bastion that reads a bucket", actions.actions, more(ROLE, Action="s3:GetObject", Resource="arn:aws:s3:::x/y")
    ),
    Mutant("a function that reaches the bastion", paths.nobody_else, _reached_by("workload/Writer")),
]
