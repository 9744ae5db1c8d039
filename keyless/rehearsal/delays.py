"""How late AWS is, for the stand-ins. They are punctual by default.

Every delay is in seconds of this machine, and begins when somebody first runs into it: who doesn't wait always sees it,
however fast the rest of a rehearsal is.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Delays:
    """What AWS says is done before it is."""

    iam_login: float = 0
    """The database's PAM module refuses a member of rds_iam, whatever its token, so long from its first login on."""
    database: float = 0
    """Nothing answers at the database's endpoint, or a server that is still starting up."""
    proxy_capacity: float = 0
    """The proxy lets clients in and has no connection to its target: TargetHealth PENDING_PROXY_CAPACITY."""
    failover: float = 0
    """In the middle of the first run that changes roles or rights every session ends (57P01), nothing answers so long,
    and the next such run is at the former writer, which only reads (25006)."""
    throttled: int = 0
    """So many calls of each emulated service are refused first: ThrottlingException, TooManyRequestsException. Not
    Lambda's in a rehearsal: what stands in there for the provider framework's SDK takes a refusal for an answer."""
    express: bool = False
    """`cdk deploy --express`: a stack is done when its resources are configured. What follows from that is what
    `database`, `iam_login` and `proxy_capacity` make."""
    seed: int = 0
    """Decides what a database that is not there answers, each time."""


PUNCTUAL = Delays()
SLOW = Delays(iam_login=6, database=10, proxy_capacity=5, failover=4, throttled=2, express=True)
"""Of `make rehearse ARGS=--slow`. A second here stands for about ten of AWS's (rds_iam, failover, capacity: tens of
seconds), and for a minute of the database's ten; what is waited for has the bounds that are deployed."""
