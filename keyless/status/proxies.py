"""RDS proxies, and how their targets are. Source: RDS API Reference, DBProxy, UserAuthConfigInfo and DBProxyTarget."""

from collections.abc import Iterator, Mapping
from typing import Any

from keyless.status.asking import Asking
from keyless.status.found import Proxy, Target


def proxies(asking: Asking) -> Iterator[Proxy]:
    for raw in asking.items("rds", "DescribeDBProxies", "DBProxies") or ():
        targets = asking.items("rds", "DescribeDBProxyTargets", "Targets", DBProxyName=raw["DBProxyName"])
        yield Proxy(
            name=raw["DBProxyName"],
            endpoint=raw.get("Endpoint", ""),
            state=raw["Status"],
            tls=bool(raw.get("RequireTLS")),
            iam=_takes_tokens_only(raw),
            targets=None if targets is None else tuple(map(_target, targets)),
        )


def _takes_tokens_only(raw: Mapping[str, Any]) -> bool:
    of_users = [auth.get("IAMAuth") in ("REQUIRED", "ENABLED") for auth in raw.get("Auth") or ()]
    by_default = raw.get("DefaultAuthScheme") == "IAM_AUTH"
    return all(of_users) and (by_default or bool(of_users))


def _target(raw: Mapping[str, Any]) -> Target:
    health = raw.get("TargetHealth") or {}
    return Target(
        database=raw.get("TrackedClusterId") or raw.get("RdsResourceId", ""),
        state=health.get("State", "UNKNOWN"),
        reason=" ".join(filter(None, (health.get("Reason"), health.get("Description")))),
    )
