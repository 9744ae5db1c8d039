"""How a load balancer listens, and what becomes of a request."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.databases import databases
from keyless_checks.reading.load_balancers import (
    BALANCER,
    HTTP,
    HTTPS,
    LISTENER,
    TARGETS,
    attributes,
    forwarded,
    handed,
)
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_POLICIES = frozenset(
    {
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    }
)
"""TLS 1.3, and 1.2 without CBC for everybody and without keys that RSA exchanges: Application Load Balancers, "Security
policies"."""
_CERTIFICATE = re.compile(r"arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}")
_SENT_ON = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
_STRICT = {
    "routing.http.drop_invalid_header_fields.enabled": ("true",),
    "routing.http.desync_mitigation_mode": ("strictest", "defensive"),
}
_NEVER = {"routing.http.xff_header_processing.mode": "preserve", "waf.fail_open.enabled": "true"}
"""What clients write about where they come from, as if it were so; requests that AWS WAF didn't answer about."""
_PROTECTION = "deletion_protection.enabled"


def tls(templates: Templates) -> Iterator[Finding]:
    """A load balancer takes HTTPS on 443, by TLS 1.3 or 1.2 and a certificate of ACM, and hands it to targets of the
    stacks; on 80 it only sends on to 443."""
    for listener in templates.all(LISTENER):
        yield from (Finding(listener.path, problem) for problem in _problems(templates, listener))
    for balancer in templates.all(BALANCER):
        ports = [one.props.get("Port") for one in templates.all(LISTENER) if _of(templates, one) == balancer]
        if HTTPS not in ports:
            yield Finding(balancer.path, f"it listens on {ports}; allowed: 443, and 80 to send on to it")


def _of(templates: Templates, listener: Resource) -> Resource | None:
    return templates.target(listener.stack, listener.props.get("LoadBalancerArn"))


def _problems(templates: Templates, listener: Resource) -> Iterator[str]:
    props, actions = listener.props, listener.props.get("DefaultActions", [])
    match props.get("Port"), props.get("Protocol"):
        case (443, "HTTPS"):
            if props.get("SslPolicy") not in _POLICIES:
                yield f"SslPolicy is {props.get('SslPolicy')}; allowed: {', '.join(sorted(_POLICIES))}"
            yield from _certificate_problems(templates, listener)
            if len(actions) != 1 or len(forwarded(templates, listener)) != 1:
                yield "it doesn't just hand requests to one target group of the stacks"
        case (80, "HTTP"):
            if [_sent_on(action) for action in actions] != [_SENT_ON]:
                yield "it does something else than sending on to 443 of the same host"
        case port, protocol:
            yield f"it listens to {protocol} on {port}; allowed: HTTPS on {HTTPS}, HTTP on {HTTP}"


def _certificate_problems(templates: Templates, listener: Resource) -> Iterator[str]:
    certificates = [one.get("CertificateArn") for one in listener.props.get("Certificates", [])]
    texts = [templates.text(listener.stack, arn) for arn in certificates]
    if not texts or not all(_CERTIFICATE.fullmatch(text) for text in texts):
        yield f"its certificates are {texts}; allowed: one of ACM, by its ARN"


def _sent_on(action: dict[str, Any]) -> object:
    return action.get("RedirectConfig") if action.get("Type") == "redirect" else None


def strict_requests(templates: Templates) -> Iterator[Finding]:
    """A load balancer drops header fields that are not valid, and requests that a target could read otherwise. It says
    itself where a request comes from, and hands on none that its firewall didn't answer about."""
    for balancer in templates.all(BALANCER):
        found = attributes(balancer)
        for key, allowed in _STRICT.items():
            if found.get(key) not in allowed:
                yield Finding(balancer.path, f"{key} is {found.get(key)}; allowed: {' or '.join(allowed)}")
        for key, value in _NEVER.items():
            if found.get(key) == value:
                yield Finding(balancer.path, f"{key} is {value}; allowed: AWS's default")


def not_deleted(templates: Templates) -> Iterator[Finding]:
    """Where the database is protected from deletion, so are load balancers; elsewhere it is said that they are not."""
    protected = any(database.props.get("DeletionProtection") is True for database in databases(templates))
    for balancer in templates.all(BALANCER):
        value = attributes(balancer).get(_PROTECTION)
        if value not in ("true", "false") or (protected and value != "true"):
            allowed = "true" if protected else "true or false"
            yield Finding(balancer.path, f"{_PROTECTION} is {value}; allowed: {allowed}")


def same_targets(templates: Templates) -> Iterator[Finding]:
    """A target group is one load balancer's, for one service or group of servers, on the port where that listens."""
    found = list(handed(templates))
    for group in templates.all(TARGETS):
        mine = [one for one in found if one.group == group]
        if len(mine) != 1:
            yield Finding(group.path, f"{len(mine)} services or servers are behind it; allowed: one")
        if "Targets" in group.props:
            yield Finding(group.path, "it names targets by their addresses or ids, which may be anybody's")
    for one in found:
        for entry in one.target.props.get("LoadBalancers", []):
            if entry.get("ContainerPort") != one.port:
                yield Finding(one.target.path, f"its container listens on {entry.get('ContainerPort')}, not {one.port}")


RULES: tuple[Rule, ...] = (tls, strict_requests, not_deleted, same_targets)
