"""A template in a shape that the rules don't know is a finding, at its place, never a traceback."""

import pytest

from keyless_checks.ruleset import breaches
from tests.infrastructure.checks.mutants.edit import body, drop, pick, put
from tests.infrastructure.support import Synthesis
from tests.infrastructure.templates import Change

FUNCTION, CLUSTER, REFERENCE = "AWS::Lambda::Function", "AWS::RDS::DBCluster", {"Ref": "Somewhere"}
BOOTSTRAP, WRITER = "access/Bootstrap/Function", "workload/Writer/Function"

SHAPES: dict[str, tuple[str, Change]] = {
    "a reference for a number": (
        "database/Database/Cluster",
        put(CLUSTER, BackupRetentionPeriod=REFERENCE),
    ),
    "a reference for a time": (BOOTSTRAP, put(FUNCTION, "access/Bootstrap", Timeout=REFERENCE)),
    "a list for an object": (WRITER, put(FUNCTION, "workload/Writer", Environment={"Variables": ["PGHOST"]})),
    "null for properties": ("database/Database/Cluster", body(CLUSTER, Properties=None)),
    "no properties": ("database/Database/Cluster", lambda t: pick(t, CLUSTER).body.pop("Properties")),
    "no type": ("database/Database/Cluster", lambda t: pick(t, CLUSTER).body.pop("Type")),
    "an intrinsic function for a range": (
        "network/Network/Vpc/DatabaseSubnet1/Subnet",
        put("AWS::EC2::Subnet", "DatabaseSubnet1", CidrBlock={"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 4, 8]}]}),
    ),
    "an import of what nobody exports": (
        WRITER,
        put(FUNCTION, "workload/Writer", Role={"Fn::ImportValue": "nobody:Role"}),
    ),
    "no trust": ("workload/Writer/Role", drop("AWS::IAM::Role", "AssumeRolePolicyDocument", "workload/Writer")),
    "a text for a list": (
        "monitoring/Alarms/Cpu",
        put("AWS::CloudWatch::Alarm", "Alarms/Cpu", Dimensions="DBClusterIdentifier"),
    ),
    "no resources": ("monitoring", lambda t: t.by_stack["monitoring"].pop("Resources")),
}


@pytest.mark.parametrize(("where", "change"), SHAPES.values(), ids=SHAPES)
def test_an_unknown_shape_is_a_finding_where_it_is(prod: Synthesis, where: str, change: Change) -> None:
    found = {breach.finding.path for breach in breaches(prod.templates.broken(change))}
    assert any(path == where or path.startswith(f"{where}/") for path in found), found


def test_what_cannot_be_read_is_said_with_its_cause(prod: Synthesis) -> None:
    _, change = SHAPES["a reference for a number"]
    problems = [b.finding.problem for b in breaches(prod.templates.broken(change)) if b.rule == "database.kept_data"]
    assert problems == [
        "this rule can't read it: TypeError: '<=' not supported between instances of 'int' and 'dict'; "
        "allowed: the types that AWS documents"
    ]
