"""The way there: the endpoint's name, security groups and network ACLs, a connection, and who answers."""

from keyless.doctor.account import acls, groups
from keyless.doctor.account.endpoints import Site
from keyless.doctor.dialling import SECONDS, addresses
from keyless.doctor.finding import Finding, Verdict, unseen, well, wrong
from keyless.doctor.looking import Looking
from keyless.doctor.path import Path
from keyless.doctor.places import Place
from keyless.doctor.refusals import Refused, refused
from keyless.doctor.tls import HandshakeError, handshake
from keyless_client import ConnectError

_ISOLATED = (
    "; databases of the stacks are in isolated subnets: look from a machine in that network, or through a port "
    "forward into it, with PGHOSTADDR and PGPORT for where it is"
)


def name(at: Looking) -> Finding:
    path = at.path
    asked = f"which address has {path.login.host}?"
    try:
        found = addresses(path)
    except OSError as error:
        if path.function:
            return unseen(asked, f"not resolved here: {error.strerror or error}; the function asks its VPC's resolver")
        return wrong(
            asked,
            f"it can't be resolved here: {error.strerror or error}",
            f"check the name{'' if path.environment else ', PGHOST,'} and the resolver of this machine{_ISOLATED}",
        )
    return well(asked, f"{', '.join(found)}{' (PGHOSTADDR)' if path.address else ''}")


def network(at: Looking) -> Finding:
    """A function's way by what the account says of it; one's own by going it."""
    if at.path.function is None:
        return _dialled(at)
    asked = f"is there a way from {at.path.whose} to {at.path.login.host}?"
    if at.endpoint is None:
        return unseen(asked, "which endpoint it is isn't known")
    if at.path.function.site is None:
        return wrong(
            asked, "the function is in no VPC", "make it in the database's VPC, as access.grant(…) asks, and deploy"
        )
    return between(at, at.path.function.site, at.endpoint.site, f"{at.path.whose} ask the {at.endpoint.kind}")


def proxy_network(at: Looking) -> Finding:
    if at.endpoint is None or at.database is None:
        return unseen(
            "is there a way from the proxy to the database?", "which proxy and database these are isn't known"
        )
    return between(at, at.endpoint.site, at.database.site, f"the proxy ask the {at.database.kind}")


def between(at: Looking, source: Site, target: Site, whose: str) -> Finding:
    """Raises UnansweredError."""
    known = acls.subnets_of(at.reader, source, target)
    ranges = {one.id: one.range for one in known.values()}
    by_groups = groups.let_through(at.reader, source, target, at.path.login.port, ranges, whose)
    if by_groups.verdict is not Verdict.WELL:
        return by_groups
    by_acls = acls.let_through(at.reader, source, target, at.path.login.port, known, whose)
    if by_acls.verdict is not Verdict.WELL:
        return by_acls
    return well(f"{by_groups.asked} {by_acls.asked}", f"{by_groups.answered}; ACLs: {by_acls.answered}")


def _dialled(at: Looking) -> Finding:
    path, said = at.path, at.out_of_reach
    asked = f"does {path.login.host} take a connection from here, tcp {path.port}?"
    if not said:
        return well(asked, "yes")
    if path.environment:
        return unseen(asked, f"{said}{_ISOLATED}")
    return wrong(asked, said, _advice(path, "Connection refused" if "refused" in said else "timeout expired"))


def tls(at: Looking) -> Finding:
    path = at.path
    asked = f"does {path.login.host} prove who it is?"
    if at.out_of_reach:
        return unseen(asked, at.out_of_reach)
    if not path.verifies:
        return _unverified(at, asked)
    try:
        roots = path.login.roots()
        shown = handshake(addresses(path)[0], path.port, path.login.host, roots, SECONDS)
    except ConnectError as error:
        return wrong(asked, str(error), "set PGSSLROOTCERT to its roots, or PGSSLMODE to how much less is enough")
    except HandshakeError as error:
        return wrong(asked, str(error), _advice(path, str(error)))
    except OSError as error:
        return wrong(
            asked, f"no handshake: {error.strerror or error}", "check PGSSLROOTCERT, a PEM file with its roots"
        )
    return well(asked, shown)


def _unverified(at: Looking, asked: str) -> Finding:
    """PGSSLMODE says how much less is enough; the login itself shows whether the server wants TLS."""
    if isinstance(at.attempt, Refused) and at.attempt.place is Place.TLS:
        return wrong(asked, at.attempt.said, "unset PGSSLMODE: the command then takes verify-full; " + at.attempt.fix)
    return unseen(asked, "PGSSLMODE says that it needn't, so whoever answers there gets the password or token")


def _advice(path: Path, said: str) -> str:
    return refused(said, path.login, token=path.token).fix
