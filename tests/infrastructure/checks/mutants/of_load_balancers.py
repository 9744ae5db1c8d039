"""Load balancers broken on purpose. What they are made of is `tests.infrastructure.workloads`."""

from collections.abc import Callable
from typing import Any

from keyless_checks.reading.load_balancers import BALANCER, IN, LISTENER, OUT, TARGETS
from keyless_checks.rules import paths
from keyless_checks.rules.load_balancers import listeners, logs, places
from keyless_checks.rules.network import acls, security_groups, vpc
from tests.infrastructure.checks.mutants.edit import Mutant, drop, pick, put, remove, without_order
from tests.infrastructure.templates import Change, Templates

FRONT, HTTPS, HTTP = "services/Front", "services/Front/Balancer/Https", "services/Front/Balancer/Http"
BUCKET, POLICY, ENTRY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::EC2::NetworkAclEntry"
_THEIRS = {"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/x/1"}


def at(type_: str, path: str, change: Callable[[dict[str, Any]], object]) -> Change:
    """Change the properties of the one resource there."""
    return lambda templates: change(next(r for r in templates.all(type_) if r.path == path).props)


def attribute(name: str, value: object) -> Change:
    """Of the load balancer; None takes it away."""

    def change(templates: Templates) -> None:
        props = pick(templates, BALANCER, FRONT).props
        rest = [one for one in props["LoadBalancerAttributes"] if one["Key"] != name]
        props["LoadBalancerAttributes"] = [*rest, *([{"Key": name, "Value": value}] if value is not None else [])]

    return change


def _group(templates: Templates, path: str) -> dict[str, Any]:
    found = next(r for r in templates.all("AWS::EC2::SecurityGroup") if r.path == path)
    return {"Fn::GetAtt": [found.logical_id, "GroupId"]}


def _foreign(templates: Templates, stack: str, path: str) -> dict[str, Any]:
    """The group of another stack, as services import it already."""
    (name,) = {
        name
        for name, (of, value) in templates.exports.items()
        if of == stack and templates.text(of, value) == f"{path}.GroupId"
    }
    return {"Fn::ImportValue": name}


def opened(source: str, target: str, port: int, *, stack: str = "") -> Change:
    """A path out of a group of the services' stack; `stack`: of the target's, if another."""

    def change(templates: Templates) -> None:
        ends = _group(templates, source), _foreign(templates, stack, target) if stack else _group(templates, target)
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        more = {
            "MoreOut": {OUT: {"GroupId": ends[0], "DestinationSecurityGroupId": ends[1]}},
            "MoreIn": {IN: {"GroupId": ends[1], "SourceSecurityGroupId": ends[0]}},
        }
        for name, ((type_, props),) in ((name, one.items()) for name, one in more.items()):
            templates.by_stack["services"]["Resources"][name] = {"Type": type_, "Properties": {**rule, **props}}

    return change


def from_addresses(group: str, port: int, **more: object) -> Change:
    def change(templates: Templates) -> None:
        props = {"GroupId": _group(templates, group), "IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        templates.by_stack["services"]["Resources"]["More"] = {
            "Type": IN,
            "Properties": {**props, "CidrIp": "192.0.2.0/24", **more},
        }

    return change


def _shared(templates: Templates) -> None:
    """The service's tasks get the load balancer's group."""
    network = pick(templates, "AWS::ECS::Service").props["NetworkConfiguration"]["AwsvpcConfiguration"]
    network["SecurityGroups"] = [_group(templates, f"{FRONT}/Group")]


def _beside_clients(templates: Templates) -> None:
    network = pick(templates, "AWS::ECS::Service").props["NetworkConfiguration"]["AwsvpcConfiguration"]
    pick(templates, BALANCER, FRONT).props["Subnets"] = network["Subnets"]


def _acl_for(ports: tuple[int, int], block: str, *, egress: bool, tier: str) -> Change:
    def change(templates: Templates) -> None:
        found = next(r for r in templates.all(ENTRY) if tier in r.path)
        templates.by_stack["network"]["Resources"]["More"] = {
            "Type": ENTRY,
            "Properties": {
                **found.props,
                "CidrBlock": block,
                "Egress": egress,
                "PortRange": {"From": ports[0], "To": ports[1]},
                "RuleNumber": 999,
            },
        }

    return change


def _everybody_writes(props: dict[str, Any]) -> None:
    props["PolicyDocument"]["Statement"][-1]["Principal"] = {"Service": "delivery.logs.amazonaws.com"}


def _plain(props: dict[str, Any]) -> None:
    props["PolicyDocument"]["Statement"] = props["PolicyDocument"]["Statement"][1:]


def _others_logs(props: dict[str, Any]) -> None:
    props["PolicyDocument"]["Statement"][-1]["Resource"]["Fn::Join"][1][1:] = ["/*"]


def _protected(templates: Templates) -> None:
    pick(templates, "AWS::RDS::DBCluster").props["DeletionProtection"] = True


def at_policy(change: Callable[[dict[str, Any]], object]) -> Change:
    return lambda templates: change(pick(templates, POLICY, FRONT).props)


def at_subnets(change: Callable[[list[Any]], list[Any]]) -> Change:
    def changed(templates: Templates) -> None:
        props = pick(templates, BALANCER, FRONT).props
        props["Subnets"] = change(props["Subnets"])

    return changed


def _two_groups(templates: Templates) -> None:
    pick(templates, BALANCER, FRONT).props["SecurityGroups"].append("sg-0123456789abcdef0")


def _reached(templates: Templates) -> None:
    """By addresses, which ACLs let through, too."""
    from_addresses("services/Api/Group", 443)(templates)
    for number, (ports, egress) in enumerate([((443, 443), False), ((1024, 65535), True)]):
        _acl_for(ports, "192.0.2.0/24", egress=egress, tier="WorkloadAcl")(templates)
        resources = templates.by_stack["network"]["Resources"]
        resources[f"More{number}"] = resources.pop("More")


MUTANTS = [
    Mutant("TLS 1.0 before an application", listeners.tls, put(LISTENER, HTTPS, SslPolicy="ELBSecurityPolicy-2016-08")),
    Mutant("a TLS policy that AWS chooses", listeners.tls, drop(LISTENER, "SslPolicy", HTTPS)),
    Mutant("a listener without a certificate", listeners.tls, drop(LISTENER, "Certificates", HTTPS)),
    Mutant(
        "a certificate that IAM keeps",
        listeners.tls,
        put(LISTENER, HTTPS, Certificates=[{"CertificateArn": "arn:aws:iam::111122223333:server-certificate/x"}]),
    ),
    Mutant("HTTPS that somebody else answers", listeners.tls, put(LISTENER, HTTPS, DefaultActions=[_THEIRS])),
    Mutant(
        "HTTP that is handed on",
        listeners.tls,
        lambda templates: at(
            LISTENER,
            HTTP,
            lambda props: props.update(DefaultActions=pick(templates, LISTENER, HTTPS).props["DefaultActions"]),
        )(templates),
    ),
    Mutant(
        "HTTP that is sent on to another host",
        listeners.tls,
        at(LISTENER, HTTP, lambda props: props["DefaultActions"][0]["RedirectConfig"].update(Host="example.com")),
    ),
    Mutant("HTTP on another port", listeners.tls, at(LISTENER, HTTP, lambda props: props.update(Port=8080))),
    Mutant("a load balancer for HTTP alone", listeners.tls, remove(LISTENER, HTTPS)),
    Mutant(
        "header fields that a target reads otherwise",
        listeners.strict_requests,
        attribute("routing.http.drop_invalid_header_fields.enabled", "false"),
    ),
    Mutant(
        "header fields that AWS decides about",
        listeners.strict_requests,
        attribute("routing.http.drop_invalid_header_fields.enabled", None),
    ),
    Mutant(
        "two requests in one", listeners.strict_requests, attribute("routing.http.desync_mitigation_mode", "monitor")
    ),
    Mutant(
        "addresses of clients that clients write",
        listeners.strict_requests,
        attribute("routing.http.xff_header_processing.mode", "preserve"),
    ),
    Mutant("requests that no firewall has seen", listeners.strict_requests, attribute("waf.fail_open.enabled", "true")),
    Mutant("a load balancer that anybody deletes", listeners.not_deleted, _protected),
    Mutant(
        "nobody said whether it may be deleted", listeners.not_deleted, attribute("deletion_protection.enabled", None)
    ),
    Mutant("a port where no container listens", listeners.same_targets, put(TARGETS, FRONT, Port=443)),
    Mutant("a target by its address", listeners.same_targets, put(TARGETS, FRONT, Targets=[{"Id": "10.10.2.5"}])),
    Mutant(
        "a target group that nothing stands in",
        listeners.same_targets,
        at("AWS::ECS::Service", "services/Api/Service/Service", lambda props: props.pop("LoadBalancers")),
    ),
    Mutant("requests that nobody writes down", logs.logged, attribute("access_logs.s3.enabled", "false")),
    Mutant("requests in a bucket of somebody else", logs.logged, attribute("access_logs.s3.bucket", "theirs")),
    Mutant("a load balancer before its bucket's policy", logs.logged, without_order(BALANCER, FRONT)),
    Mutant("a log that anybody's service writes", logs.closed_bucket, at_policy(_everybody_writes)),
    Mutant("a log of every account", logs.closed_bucket, at_policy(_others_logs)),
    Mutant("a log by plain HTTP", logs.closed_bucket, at_policy(_plain)),
    Mutant("a public log", logs.closed_bucket, drop(BUCKET, "PublicAccessBlockConfiguration", FRONT)),
    Mutant(
        "a log with a key that load balancers can't use",
        logs.closed_bucket,
        put(
            BUCKET,
            FRONT,
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        ),
    ),
    Mutant(
        "a log that is copied elsewhere",
        logs.closed_bucket,
        put(
            BUCKET,
            FRONT,
            ReplicationConfiguration={
                "Role": "arn:aws:iam::111122223333:role/copies",
                "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::theirs"}}],
            },
        ),
    ),
    Mutant(
        "a log that is a website", logs.closed_bucket, put(BUCKET, FRONT, WebsiteConfiguration={"IndexDocument": "x"})
    ),
    Mutant("a log for ever", logs.closed_bucket, drop(BUCKET, "LifecycleConfiguration", FRONT)),
    Mutant("a load balancer beside its targets", places.own_place, _beside_clients),
    Mutant("a load balancer in one zone", places.own_place, at_subnets(lambda subnets: subnets[:1])),
    Mutant(
        "a load balancer in subnets of somebody else",
        vpc.private_subnets,
        at_subnets(lambda _: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]),
    ),
    Mutant("a public load balancer without a way", places.own_place, put(BALANCER, FRONT, Scheme="internet-facing")),
    Mutant("a load balancer of packets", places.own_place, put(BALANCER, FRONT, Type="network")),
    Mutant("a task with the load balancer's group", places.own_group, _shared),
    Mutant("a load balancer with two groups", places.own_group, _two_groups),
    Mutant(
        "a load balancer that reaches the proxy",
        places.targets_only,
        opened(f"{FRONT}/Group", "database/Proxy/Group", 5432, stack="database"),
    ),
    Mutant(
        "a load balancer that reaches another's target",
        places.targets_only,
        opened(f"{FRONT}/Group", "services/Site/Group", 443),
    ),
    Mutant(
        "a target that takes others' connections",
        places.targets_only,
        opened("services/Site/Group", "services/Api/Group", 443),
    ),
    Mutant(
        "a target on a port that isn't its own",
        security_groups.between_groups,
        opened(f"{FRONT}/Group", "services/Api/Group", 22),
    ),
    Mutant(
        "a service that addresses reach",
        security_groups.between_groups,
        from_addresses("services/Api/Group", 443),
    ),
    Mutant(
        "a load balancer that addresses reach on SSH's port",
        security_groups.between_groups,
        from_addresses(f"{FRONT}/Group", 22),
        "keyless_addresses_come_to_load_balancers",
    ),
    Mutant(
        "a load balancer with every port",
        security_groups.between_groups,
        from_addresses(f"{FRONT}/Group", 443, ToPort=65535),
        "keyless_addresses_come_to_load_balancers",
    ),
    Mutant("a load balancer that can't ask its target", paths.clients_arrive, remove(OUT, f"{FRONT}/ToTargets")),
    Mutant("a service that the internet reaches", paths.nobody_else, _reached),
    Mutant(
        "an ACL for addresses that may not come",
        acls.narrow_entries,
        _acl_for((443, 443), "203.0.113.0/24", egress=False, tier="LoadBalancerAcl"),
    ),
    Mutant(
        "an ACL that lets addresses to targets",
        acls.narrow_entries,
        _acl_for((443, 443), "192.0.2.0/24", egress=False, tier="WorkloadAcl"),
    ),
    Mutant(
        "an ACL from load balancers to the database",
        acls.narrow_entries,
        _acl_for((8080, 8080), "10.10.2.0/24", egress=True, tier="DatabaseAcl"),
    ),
]
