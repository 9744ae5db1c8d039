"""Goes the way of a login, hop by hop, up to the first one where something is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from keyless.doctor.finding import Finding, Verdict, unreached, unseen
from keyless.doctor.hops import account, database, login, network, process, proxy, secret
from keyless.doctor.hops.database import of_catalog
from keyless.doctor.looking import Looking
from keyless.doctor.path import Path
from keyless.doctor.places import Place
from keyless.preflight.account.identity import CredentialsError
from keyless.preflight.finding import UnansweredError


@dataclass(frozen=True)
class Hop:
    place: Place
    look: Callable[[Looking], Finding]
    on: Callable[[Path], bool] = lambda _: True
    """Whether a path has it."""


@dataclass(frozen=True)
class Result:
    place: Place
    finding: Finding


def _aws(path: Path) -> bool:
    return path.aws


def _by_proxy(path: Path) -> bool:
    return path.aws and path.proxy


def _by_network(path: Path) -> bool:
    return not path.socket


HOPS: Final = (
    Hop(Place.CLOCK, process.clock, _aws),
    Hop(Place.CREDENTIALS, process.credentials, _aws),
    Hop(Place.ENDPOINT, account.endpoint, _aws),
    Hop(Place.POLICY, account.policy, lambda path: path.aws and path.token),
    Hop(Place.SECRET, secret.secret, lambda path: path.login.secret_arn is not None),
    Hop(Place.TOKEN, process.token, lambda path: path.said_token != ""),
    Hop(Place.NAME, network.name, _by_network),
    Hop(Place.NETWORK, network.network, _by_network),
    Hop(Place.TLS, network.tls, _by_network),
    Hop(Place.PROXY, proxy.proxy, _by_proxy),
    Hop(Place.PROXY_AUTHENTICATION, proxy.proxy_authentication, _by_proxy),
    Hop(Place.PROXY_POLICY, proxy.proxy_policy, _by_proxy),
    Hop(Place.PROXY_NETWORK, network.proxy_network, _by_proxy),
    Hop(Place.IAM, account.iam, lambda path: path.aws and path.token),
    Hop(Place.ROLE, of_catalog(Place.ROLE, "is there a role {user}?", database.role)),
    Hop(Place.RDS_IAM, of_catalog(Place.RDS_IAM, "is {user} a member of rds_iam?", database.rds_iam)),
    Hop(Place.LOGIN, of_catalog(Place.LOGIN, "may {user} log in?", database.may_log_in)),
    Hop(
        Place.CONNECTIONS,
        of_catalog(Place.CONNECTIONS, "is there room for another session of {user}?", database.connections),
    ),
    Hop(Place.DATABASE, of_catalog(Place.DATABASE, "is there a database {dbname}?", database.exists)),
    Hop(Place.CONNECT, of_catalog(Place.CONNECT, "may {user} connect to {dbname}?", database.may_connect)),
    Hop(Place.PASSWORD, login.password, lambda path: not path.token),
    Hop(Place.ATTEMPT, login.attempt, lambda path: path.tried),
    Hop(Place.GRANTS, of_catalog(Place.GRANTS, "can {user} do in {dbname} what the spec gives?", login.grants)),
)


def examine(at: Looking) -> Iterator[Result]:
    """Each hop of the path, as soon as it has been looked at. After the first that is wrong none is."""
    broken: Place | None = None
    with at.opened:
        for hop in HOPS:
            if not hop.on(at.path):
                continue
            finding = _looked(hop, at) if broken is None else unreached(broken)
            yield Result(hop.place, finding)
            if finding.verdict is Verdict.WRONG:
                broken = hop.place


def _looked(hop: Hop, at: Looking) -> Finding:
    try:
        return hop.look(at)
    except (UnansweredError, CredentialsError) as error:
        return unseen(f"what of the {hop.place}?", str(error))
