"""Log groups that a service would make itself, and then without a retention."""

from collections.abc import Iterator

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule


def proxy_log(templates: Templates) -> Iterator[Finding]:
    """The group of a proxy's log, `/aws/rds/proxy/<name>`, is there before the proxy, with a retention and a key."""
    for proxy in templates.all("AWS::RDS::DBProxy"):
        name = f"/aws/rds/proxy/{proxy.props.get('DBProxyName')}"
        waited = (templates.find(path) for path in templates.waits_for(proxy.path))
        groups = [r for r in waited if r is not None and r.props.get("LogGroupName") == name]
        if not groups:
            yield Finding(proxy.path, f"the group {name} of its log is not made before it")
        yield from (
            Finding(group.path, f"{key} is missing")
            for group in groups
            for key in ("RetentionInDays", "KmsKeyId")
            if not group.props.get(key)
        )


RULES: tuple[Rule, ...] = (proxy_log,)
