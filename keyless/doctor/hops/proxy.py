"""The proxy between the endpoint and the database: its target, whom it lets in, and its own right to log in."""

from typing import Any

from keyless.doctor.account import endpoints
from keyless.doctor.finding import Finding, unseen, well, wrong
from keyless.doctor.hops.rights import may_connect, may_read
from keyless.doctor.looking import Looking


def proxy(at: Looking) -> Finding:
    asked = "does the proxy have a target that it reaches?"
    if at.endpoint is None:
        return unseen(asked, "which proxy it is isn't known")
    found = endpoints.targets(at.reader, at.endpoint)
    if not found or at.database is None:
        return wrong(
            asked,
            f"none of {at.endpoint.name} in this account",
            "deploy again, which registers it: aws rds register-db-proxy-targets",
        )
    ill = [one for one in found if one.get("TargetHealth", {}).get("State", "AVAILABLE") != "AVAILABLE"]
    if len(ill) == len(found):
        health = ill[0]["TargetHealth"]
        return wrong(
            asked,
            f"{health['State']}, {health.get('Reason', 'no reason')}: {health.get('Description', '')}".rstrip(": "),
            "PENDING_PROXY_CAPACITY passes within minutes; of others the reason says what the proxy's way, role or "
            "secret lacks",
        )
    return well(asked, f"{at.database.kind} {at.database.name}")


def proxy_authentication(at: Looking) -> Finding:
    """Whether it takes the user's token or password."""
    path, asked = at.path, f"does the proxy take {at.path.login.user}'s {'token' if at.path.token else 'password'}?"
    if at.endpoint is None:
        return unseen(asked, "which proxy it is isn't known")
    default, entries = at.endpoint.record.get("DefaultAuthScheme"), at.endpoint.record.get("Auth") or ()
    if path.token:
        return _takes_tokens(asked, default, any(one.get("IAMAuth") == "REQUIRED" for one in entries))
    own = [one for one in entries if one.get("SecretArn") == path.login.secret_arn]
    if not own:
        return wrong(asked, f"its Auth names {len(entries)} secrets, and not {path.login.secret_arn}", _deploy("Auth"))
    if own[0].get("IAMAuth") == "REQUIRED":
        return wrong(asked, f"no: IAMAuth of secret {path.login.secret_arn} is REQUIRED", _deploy("IAMAuth DISABLED"))
    return well(asked, "yes, its Auth names the secret")


def _takes_tokens(asked: str, default: Any, by_secret: bool) -> Finding:
    if default == "IAM_AUTH":
        return well(asked, "yes: DefaultAuthScheme IAM_AUTH")
    if by_secret:
        return unseen(asked, "its Auth has secrets with IAMAuth REQUIRED, whose users aren't read here")
    return wrong(asked, f"no: DefaultAuthScheme is {default}", _deploy("DefaultAuthScheme IAM_AUTH"))


def _deploy(what: str) -> str:
    return f"deploy again, which sets the proxy's {what}"


def proxy_policy(at: Looking) -> Finding:
    """Of the proxy's role, at the database; or its right to read the secret."""
    if at.endpoint is None or at.database is None:
        return unseen("may the proxy's role log in to the database?", "which proxy and database these are isn't known")
    role = str(at.endpoint.record["RoleArn"])
    if at.path.token:
        return may_connect(at, role, at.database)
    return may_read(at, role)
