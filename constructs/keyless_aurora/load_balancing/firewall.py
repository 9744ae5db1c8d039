"""AWS WAF before a load balancer: a web ACL of somebody's, or AWS's rules."""

from typing import Final

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from keyless_aurora.acknowledge import NIST, acknowledge

_RULES: Final = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet")
"""AWS WAF Developer Guide, "AWS Managed Rules rule groups list": for applications of any kind, and for SQL. They cost
nothing beyond WAF itself."""
_NO_FIREWALL: Final = (
    "A choice of whoever makes it, `web_acl_arn=` or `managed_rules=True`: who may come is written in allowed_cidrs, "
    "requests with invalid headers or two meanings are dropped, and every one of them is in the access log."
)
_ITS_LOG: Final = (
    "What the firewall decided about a request is in the load balancer's access log, with the request "
    "(actions_executed); what it counts is in CloudWatch."
)


def guard(
    scope: Construct, balancer: elbv2.ApplicationLoadBalancer, *, web_acl_arn: str | None, managed_rules: bool
) -> None:
    """Let requests through the web ACL of that ARN, or one with AWS's rules, or neither."""
    arn = web_acl_arn or (_managed(scope).attr_arn if managed_rules else None)
    if arn is None:
        acknowledge(balancer, NIST + "ALBWAFEnabled", _NO_FIREWALL)
    else:
        waf.CfnWebACLAssociation(scope, "Guarded", resource_arn=balancer.load_balancer_arn, web_acl_arn=arn)


def _managed(scope: Construct) -> waf.CfnWebACL:
    acl = waf.CfnWebACL(
        scope,
        "Firewall",
        scope="REGIONAL",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        rules=[_rule(number, name) for number, name in enumerate(_RULES)],
        visibility_config=_seen("Firewall"),
    )
    acknowledge(acl, NIST + "WAFv2LoggingEnabled", _ITS_LOG)
    return acl


def _rule(priority: int, name: str) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(vendor_name="AWS", name=name)
        ),
        visibility_config=_seen(name),
    )


def _seen(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    """Counted, without samples of requests, which may have what people send."""
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
