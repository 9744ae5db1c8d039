"""What a load balancer writes down about every request, and who can change that."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.load_balancers import BALANCER, attributes
from keyless_checks.reading.place import place
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule

_BUCKET, _POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
_DELIVERY = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
_BLOCKED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


_DECIDED = frozenset(
    {
        "BucketEncryption",
        "BucketName",
        "LifecycleConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "Tags",
        "VersioningConfiguration",
    }
)
"""What a bucket may say. Others copy what is in it, list it elsewhere, tell somebody of it or show it."""


def logged(templates: Templates) -> Iterator[Finding]:
    """Every request of a load balancer is logged, in a bucket of its stack that it waits for with who may write there:
    it is refused otherwise."""
    for balancer in templates.all(BALANCER):
        found = attributes(balancer)
        bucket = templates.target(balancer.stack, found.get("access_logs.s3.bucket"))
        if found.get("access_logs.s3.enabled") != "true" or bucket is None or bucket.type != _BUCKET:
            yield Finding(balancer.path, "its requests are not logged in a bucket of the stacks")
        elif not {one.path for one in _policies(templates, bucket)} & templates.waits_for(balancer.path):
            yield Finding(balancer.path, f"it doesn't wait for the policy of {bucket.path}")


def closed_bucket(templates: Templates) -> Iterator[Finding]:
    """The bucket of a load balancer's log is written by load balancers of this account and by nobody else; it is not
    public, encrypted with S3's keys, which alone they can use, takes no plain HTTP, and forgets after a time."""
    for bucket in _buckets(templates):
        yield from (Finding(bucket.path, problem) for problem in _bucket_problems(bucket.props))
        statements = [s for one in _policies(templates, bucket) for s in _statements(one)]
        writers = [s for s in statements if s.get("Effect") != "Deny"]
        if len(writers) != 1 or not _delivery(templates, bucket, writers[0]):
            yield Finding(bucket.path, "its policy allows something else than the delivery of this account's logs")
        if not any(_denies_plain(s) for s in statements):
            yield Finding(bucket.path, "it takes plain HTTP")


def _buckets(templates: Templates) -> Iterator[Resource]:
    named = (
        templates.target(one.stack, attributes(one).get("access_logs.s3.bucket")) for one in templates.all(BALANCER)
    )
    yield from {one.path: one for one in named if one is not None and one.type == _BUCKET}.values()


def _policies(templates: Templates, bucket: Resource) -> list[Resource]:
    return [one for one in templates.all(_POLICY) if templates.target(one.stack, one.props.get("Bucket")) == bucket]


def _statements(policy: Resource) -> list[dict[str, Any]]:
    return as_list(policy.props.get("PolicyDocument", {}).get("Statement", []))


def _bucket_problems(props: dict[str, Any]) -> Iterator[str]:
    encryption = props.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    algorithms = [one.get("ServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for one in encryption]
    if algorithms != ["AES256"]:
        yield f"it is encrypted by {algorithms}; allowed: AES256, since no log would be written otherwise"
    blocked = props.get("PublicAccessBlockConfiguration", {})
    if open_ := [name for name in _BLOCKED if blocked.get(name) is not True]:
        yield f"{', '.join(open_)} must be true"
    if more := sorted(props.keys() - _DECIDED):
        yield f"it has {', '.join(more)}; allowed: {', '.join(sorted(_DECIDED))}"
    rules = props.get("LifecycleConfiguration", {}).get("Rules", [])
    if not any(set(_WHOLE & rule.keys()) == {"ExpirationInDays"} and rule.get("Status") == "Enabled" for rule in rules):
        yield "nothing in it is ever forgotten: it has no lifecycle for all of it"


_WHOLE = {"ExpirationInDays", "Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}


def _delivery(templates: Templates, bucket: Resource, statement: dict[str, Any]) -> bool:
    where = place(templates)
    resources = [templates.text(bucket.stack, one) for one in as_list(statement.get("Resource"))]
    return (
        statement.get("Principal") == _DELIVERY
        and as_list(statement.get("Action")) == ["s3:PutObject"]
        and resources == [f"{bucket.path}.Arn/AWSLogs/{where.account if where else 'ACCOUNT'}/*"]
    )


def _denies_plain(statement: dict[str, Any]) -> bool:
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and as_list(statement.get("Action")) == ["s3:*"]
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    )


RULES: tuple[Rule, ...] = (logged, closed_bucket)
