"""Why what survives may survive: by type, place and kind of mutant. One that no survivor needs fails a test."""

import re
from dataclasses import dataclass

from tests.infrastructure.checks.automatic.mutants import Stratum


@dataclass(frozen=True)
class Explanation:
    """`subject`: what the group of survivors is called. The rest are regular expressions over a stratum."""

    subject: str
    because: str
    places: str
    types: str = ".*"
    kinds: str = ".*"

    def covers(self, stratum: Stratum) -> bool:
        patterns = (self.types, self.places, self.kinds)
        return all(re.fullmatch(pattern, part) for pattern, part in zip(patterns, stratum, strict=True))


EXPLANATIONS = (
    Explanation(
        "Words for people",
        "Descriptions, display names and an alarm's advice are read by people; AWS decides nothing by them.",
        r".*(Description|DisplayName|\.Sid|InputTemplate)",
        kinds="text|neighbour|drop|number",
    ),
    Explanation(
        "Names that nothing refers to",
        "The resource is the same under another name: whatever refers to it does so by reference, and follows.",
        r"Properties\.(AlarmName|DBProxyName|DBProxyEndpointName|DashboardName)|.*PolicyName",
        kinds="text|neighbour",
    ),
    Explanation(
        "Tags beside the two that count",
        "`application` and `environment` are held to one value; `Name` and the CDK's own tags are for the console.",
        r"Properties\.Tags(\[\](\.Key|\.Value)?)?|Properties",
        types=r"AWS::(EC2::(VPC|Subnet|RouteTable|NetworkAcl|FlowLog|EIP|NatGateway|InternetGateway)|Logs::LogGroup|"
        "IAM::Role|EC2::SecurityGroup)",
    ),
    Explanation(
        "The same to IAM",
        "One value and a list of that one value mean the same in a policy.",
        r".*Statement\[\]\.(Action|Resource|Condition\..*)",
        kinds="type",
    ),
    Explanation(
        "Values of settings",
        "An environment's settings may ask for it, and refuse what AWS would; which value is right only they know.",
        r"Properties\.(Threshold|DeletionProtection|MultiAZ|AllocatedStorage|MaxAllocatedStorage|MemorySize|Timeout|"
        r"IdleClientTimeout|ReservedConcurrentExecutions|ServerlessV2ScalingConfiguration\..*|BackupRetentionPeriod|"
        r"ConnectionPoolConfigurationInfo\..*|RotationRules.*|RetentionInDays)",
        kinds="number|flip|neighbour|drop",
    ),
    Explanation(
        "More order than is needed, or less where nothing comes of it",
        "The CDK writes down more dependencies than AWS needs: the others of the list, or a reference, wait for the same; a "
        "watch that is set up a moment early finds nothing to watch.",
        r"DependsOn(\[\])?",
        kinds="drop|neighbour|type",
    ),
    Explanation(
        "What code is in an asset",
        "Archives are named by their content, which no template tells; another one's handler isn't found at the first call, "
        "and the bundles' own tests look inside.",
        r"Properties\.(Code|Content)(\.S3Key)?|Properties\.(Handler|CompatibleRuntimes)",
        types="AWS::Lambda::(Function|LayerVersion)",
        kinds="neighbour|text|widen",
    ),
    Explanation(
        "A layer too many or another one's",
        "The access spec stands under its digest in a layer; a function that doesn't look for it has it for nothing.",
        r"Properties\.Layers(\[\])?",
        types="AWS::Lambda::Function",
        kinds="neighbour",
    ),
    Explanation(
        "Twice in a stack of your own",
        "What is there twice in the workload stack, which is yours, does nothing: no other resource names it.",
        "",
        types="AWS::(IAM::Role|EC2::SecurityGroup|Lambda::LayerVersion|Logs::LogGroup)",
        kinds="duplicate",
    ),
    Explanation(
        "How many readers, and which is first",
        "Readers are a setting, and alike: a cluster may have one more, and its failover may prefer any of them.",
        r"(Properties(\.PromotionTier)?)?",
        types="AWS::RDS::DBInstance",
    ),
    Explanation(
        "Fewer rights or paths than somebody may want",
        "Nobody gains anything: what needs the right, the bucket, the port or the version of a function that is missing is "
        "refused, and says so. What every function needs is held by `decided.able` and `paths.clients_arrive`.",
        r"|.*(Action|Resource)\[\]|Properties\.(PortRange.*|RouteTableIds\[\])",
        types=r"AWS::(EC2::(NetworkAclEntry|VPCEndpoint)|IAM::Policy)",
    ),
    Explanation(
        "A denial for one role more",
        "A policy that denies is attached to a role of nobody: CloudFormation refuses it at deploy.",
        r"Properties\.Roles",
        types="AWS::IAM::Policy",
        kinds="widen",
    ),
    Explanation(
        "Root may anyway",
        "The statement is the account's own root's, to whom the key's first statement allows everything already.",
        r"Properties\.KeyPolicy(\.Statement)?",
        types="AWS::KMS::Key",
        kinds="neighbour",
    ),
    Explanation(
        "An alarm less",
        "What must raise one (refused logins, a failed or silent run, drift) has rules of its own. The others tell of load, which "
        "settings turn off, of a database that the proxy doesn't reach, and of a notice that wasn't delivered.",
        "",
        types="AWS::CloudWatch::Alarm",
        kinds="remove",
    ),
    Explanation(
        "The order of entries that all allow",
        "An ACL's entries are read in their order, which decides nothing between entries that allow.",
        r"Properties\.RuleNumber",
        types="AWS::EC2::NetworkAclEntry",
        kinds="number",
    ),
    Explanation(
        "An ACL for another subnet of the same network",
        "What it lets pass in place of the other is still held by security groups; what it stops is seen by "
        "`paths.clients_arrive` where anything that is deployed goes that way.",
        r"Properties\.CidrBlock",
        types="AWS::EC2::NetworkAclEntry",
        kinds="neighbour",
    ),
    Explanation(
        "Which of several alike an alarm watches",
        "Another function, proxy or database of the stacks is watched twice, and this one not: only the alarm's name says which was "
        "meant.",
        r"Properties\.Dimensions\[\]\.Value",
        types="AWS::CloudWatch::Alarm",
        kinds="neighbour",
    ),
    Explanation(
        "Whether what is told is protected",
        "The bootstrap function and the watch are told the same spec; they differ where the environment isn't protected, and the watch "
        "deletes nothing.",
        r"Properties\.Environment\.Variables\.DEPLOYED_SPEC",
        types="AWS::Lambda::Function",
        kinds="neighbour",
    ),
    Explanation(
        "A layer that has another's content",
        "What is to import the client or to read the spec finds neither and fails, whoever calls it.",
        "Properties",
        types="AWS::Lambda::LayerVersion",
        kinds="neighbour",
    ),
    Explanation(
        "Outputs for people",
        "An operator copies an endpoint or a function's name from it. What other stacks import is held where they use it; one log's "
        "name is used in the dashboard alone.",
        "Value",
        types="Output",
        kinds="neighbour",
    ),
    Explanation(
        "A database of a server whose users nobody makes",
        "With pattern D the templates have no access spec to compare its name with, and further databases are the "
        "administrator's to make; a function that is told one that isn't there is refused, and says so.",
        r"Properties\.Environment\.Variables\.DB_NAME",
        types="AWS::Lambda::Function",
        kinds="text",
    ),
    Explanation(
        "A dashboard less",
        "Nothing hangs on it: alarms notify, the dashboard is looked at.",
        "",
        types="AWS::CloudWatch::Dashboard",
        kinds="remove",
    ),
    Explanation(
        "A bucket by another name, or the writer for the reader",
        "Which bucket and which of a proxy's endpoints a function is for is the workload's own choice, and both are there.",
        r".*Statement\[\]\.Resource\[\]|.*\.PGHOST",
        types="AWS::(EC2::VPCEndpoint|Lambda::Function)",
        kinds="text|neighbour",
    ),
    Explanation(
        "A condition that names another service",
        "In a stack of your own, a condition that nothing meets takes the right away: the function can't read its secret, and "
        "says so.",
        r".*Condition\.StringEquals\.kms:ViaService",
        types="AWS::IAM::Policy",
        kinds="text|neighbour",
    ),
)


def explained(stratum: Stratum) -> Explanation | None:
    """The first that covers it."""
    return next((explanation for explanation in EXPLANATIONS if explanation.covers(stratum)), None)
