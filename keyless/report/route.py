"""The way from a function's role to the database, as templates make it: what authenticates on each hop, and what
encrypts it. Pure. Says nothing that the templates don't."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

Templates = Mapping[str, Mapping[str, Any]]
"""By the stack's name."""
_PROXY: Final = "AWS::RDS::DBProxy"
_DATABASES: Final = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
_PARAMETERS: Final = ("AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBParameterGroup")
_ENGINE: Final = "db_access."


@dataclass(frozen=True)
class Hop:
    authenticated: str
    encrypted: str


@dataclass(frozen=True)
class Node:
    name: str
    about: str


@dataclass(frozen=True)
class Route:
    nodes: Sequence[Node]
    hops: Sequence[Hop]
    """From each node to the next."""

    @classmethod
    def of_templates(cls, templates: Templates) -> Self | None:
        """None: no database is in them."""
        database = next(_properties(templates, *_DATABASES), None)
        if database is None:
            return None
        proxy = next(_properties(templates, _PROXY), None)
        caller = Node("Lambda function", _callers(templates))
        server = Node(_engine(database), f"{database.get('EngineVersion', '')} {_logins(database)}".strip())
        tls = _forced(templates)
        if proxy is None:
            return cls((caller, server), (Hop(_to_database(database), tls),))
        middle = Node("RDS Proxy", "IAM authentication" if _takes_tokens(proxy) else "password authentication")
        return cls((caller, middle, server), (Hop(_to_proxy(proxy), _required(proxy)), Hop(_from_proxy(proxy), tls)))

    @classmethod
    def of_spec(cls, *, iam: int, password: int) -> Self:
        """What the access spec alone says: who logs in with what."""
        counts = {way: count for way, count in (("IAM token", iam), ("password", password)) if count}
        about = ", ".join(f"{count} with {way}" for way, count in counts.items())
        users = Node("Users of the spec", about or "none logs in")
        return cls((users, Node("PostgreSQL", "")), (Hop(" or ".join(counts) or "nobody", "not looked at"),))


def _properties(templates: Templates, *types: str) -> Iterator[Mapping[str, Any]]:
    for template in templates.values():
        for resource in template.get("Resources", {}).values():
            if resource.get("Type") in types:
                yield resource.get("Properties", {})


def _callers(templates: Templates) -> str:
    own = [one for one in _properties(templates, "AWS::Lambda::Function") if _logs_in(one)]
    return f"{len(own)} with a role each" if len(own) != 1 else "1 with its role"


def _logs_in(function: Mapping[str, Any]) -> bool:
    variables = function.get("Environment", {}).get("Variables", {})
    return "PGUSER" in variables and not str(function.get("Handler")).startswith(_ENGINE)


def _engine(database: Mapping[str, Any]) -> str:
    return "Aurora PostgreSQL" if str(database.get("Engine", "")).startswith("aurora") else "RDS for PostgreSQL"


def _logins(database: Mapping[str, Any]) -> str:
    taken = database.get("EnableIAMDatabaseAuthentication") is True
    return "with IAM logins" if taken else "without IAM logins"


def _to_database(database: Mapping[str, Any]) -> str:
    return "IAM token" if database.get("EnableIAMDatabaseAuthentication") is True else "password"


def _takes_tokens(proxy: Mapping[str, Any]) -> bool:
    by_secret = [one.get("IAMAuth") for one in proxy.get("Auth") or ()]
    return proxy.get("DefaultAuthScheme") == "IAM_AUTH" or "REQUIRED" in by_secret


def _to_proxy(proxy: Mapping[str, Any]) -> str:
    by_secret = [one.get("IAMAuth", "DISABLED") for one in proxy.get("Auth") or ()]
    passwords = any(scheme != "REQUIRED" for scheme in by_secret)
    if _takes_tokens(proxy):
        return "IAM token, or password" if passwords else "IAM token"
    return "password"


def _from_proxy(proxy: Mapping[str, Any]) -> str:
    own = proxy.get("DefaultAuthScheme") == "IAM_AUTH"
    return ("own IAM token, or secret" if proxy.get("Auth") else "its own IAM token") if own else "a secret's password"


def _required(proxy: Mapping[str, Any]) -> str:
    return "TLS required" if proxy.get("RequireTLS") is True else "TLS not required"


def _forced(templates: Templates) -> str:
    groups = [group.get("Parameters", {}) for group in _properties(templates, *_PARAMETERS)]
    return "TLS required" if any(str(group.get("rds.force_ssl")) == "1" for group in groups) else "TLS not required"
