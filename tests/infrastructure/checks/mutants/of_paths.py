"""Paths broken on purpose: closed where a client must pass, open where nobody should."""

from keyless_checks.rules import paths as rules
from keyless_checks.rules.network.security_groups import GROUP, IN, OUT
from tests.infrastructure.checks.mutants.edit import Mutant, pick, remove
from tests.infrastructure.templates import Change, Templates

ACL_ENTRY, ACL_TIE = "AWS::EC2::NetworkAclEntry", "AWS::EC2::SubnetNetworkAclAssociation"


def _groups_of(templates: Templates, part: str) -> object:
    return {"Fn::GetAtt": [pick(templates, GROUP, part).logical_id, "GroupId"]}


def _opened(stack: str, source: str, target: str, port: int) -> Change:
    """A path between two groups of one stack."""

    def change(templates: Templates) -> None:
        ends = {"GroupId": _groups_of(templates, source)}, {"GroupId": _groups_of(templates, target)}
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        templates.by_stack[stack]["Resources"].update(
            {
                "MoreOut": {
                    "Type": OUT,
                    "Properties": {**rule, **ends[0], "DestinationSecurityGroupId": ends[1]["GroupId"]},
                },
                "MoreIn": {"Type": IN, "Properties": {**rule, **ends[1], "SourceSecurityGroupId": ends[0]["GroupId"]}},
            }
        )

    return change


def _denied(templates: Templates) -> None:
    for entry in [r for r in templates.all(ACL_ENTRY) if "DatabaseAcl" in r.path]:
        templates.by_stack[entry.stack]["Resources"]["Denied"] = {
            "Type": ACL_ENTRY,
            "Properties": {
                **entry.props,
                "RuleNumber": 1,
                "RuleAction": "deny",
                "CidrBlock": "0.0.0.0/0",
                "Protocol": -1,
                "Egress": False,
            },
        }


def _wide_open(templates: Templates) -> None:
    """Every port of one path, with the ACLs gone that would still hold it."""
    for rule in [r for r in templates.all(IN, OUT) if "workload/Writer" in r.path]:
        rule.props.update(FromPort=0, ToPort=65535)
    remove(ACL_TIE)(templates)


def _fewer_answers(templates: Templates) -> None:
    for entry in [r for r in templates.all(ACL_ENTRY) if r.props["PortRange"]["From"] == 1024]:
        entry.props["PortRange"] = {"From": 32768, "To": 60999}


MUTANTS = [
    Mutant("functions may not ask the database's tier", rules.clients_arrive, remove(ACL_ENTRY, "WorkloadAcl/Egress")),
    Mutant("the database's tier takes no questions", rules.clients_arrive, remove(ACL_ENTRY, "DatabaseAcl/Ingress")),
    Mutant("the database's tier gives no answers", rules.clients_arrive, remove(ACL_ENTRY, "DatabaseAcl/Egress")),
    Mutant("functions get no answers", rules.clients_arrive, remove(ACL_ENTRY, "WorkloadAcl/Ingress")),
    Mutant("answers only to the ports that Linux uses by default", rules.clients_arrive, _fewer_answers),
    Mutant("an ACL that refuses first", rules.clients_arrive, _denied),
    Mutant("a function whose group lets nothing out", rules.clients_arrive, remove(OUT, "workload/Writer")),
    Mutant("a proxy that can't reach its database", rules.clients_arrive, remove(OUT, "database/Proxy")),
    Mutant(
        "a function that can reach another",
        rules.nobody_else,
        _opened("workload", "workload/Migrator", "workload/Writer", 443),
    ),
    Mutant(
        "a database that can reach the proxy",
        rules.nobody_else,
        _opened("database", "database/Database", "database/Proxy", 5432),
    ),
    Mutant("every port of the proxy", rules.nobody_else, _wide_open),
]
