"""What the AWS account says: the endpoint, the right to log in there, IAM authentication of the database."""

from keyless.doctor.account.endpoints import Endpoint
from keyless.doctor.account.policies import CONNECT
from keyless.doctor.finding import Finding, unseen, well, wrong
from keyless.doctor.hops.rights import may_connect
from keyless.doctor.looking import Looking


def endpoint(at: Looking) -> Finding:
    host = at.path.login.host
    asked = f"which proxy or database is {host}, and is it available?"
    if (found := at.endpoint) is None:
        return wrong(
            asked,
            f"none of this account in {at.path.login.region}",
            "set PGHOST to the endpoint of the proxy, the cluster or the instance: outputs ProxyEndpoint and "
            "DatabaseEndpoint of the database stack; of another account's, use its credentials",
        )
    if found.port not in (None, at.path.login.port):
        return wrong(asked, f"{found.kind} {found.name}, at port {found.port}", f"set PGPORT to {found.port}")
    return _available(found, asked)


def _available(found: Endpoint, asked: str) -> Finding:
    if found.status == "available":
        return well(asked, f"{found.kind} {found.name}, available")
    ways = {"stopped": f"aws rds start-db-{'cluster' if found.kind == 'cluster' else 'instance'}"}
    return wrong(
        asked,
        f"{found.kind} {found.name}, {found.status}",
        ways.get(found.status, "wait until it is available; the events of RDS say what it is at"),
    )


def policy(at: Looking) -> Finding:
    """Of who shows the token, at the endpoint."""
    asked = f"may {at.principal} {CONNECT} as {at.path.login.user}?"
    if at.endpoint is None:
        return unseen(asked, "which endpoint it is isn't known")
    return may_connect(at, at.principal, at.endpoint)


def iam(at: Looking) -> Finding:
    """The database's own setting, without which a token is a wrong password."""
    asked = "does the database take IAM tokens?"
    if at.database is None:
        return unseen(asked, "which database it is isn't known")
    if at.database.iam:
        return well(asked, f"yes, {at.database.kind} {at.database.name}")
    kind = at.database.kind
    return wrong(
        asked,
        f"IAM database authentication of {kind} {at.database.name} is off",
        f"deploy again; or aws rds modify-db-{kind} --db-{kind}-identifier {at.database.name} "
        "--enable-iam-database-authentication --apply-immediately",
    )
