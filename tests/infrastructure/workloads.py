"""The app with everything that is given access beside functions."""

from dataclasses import replace
from pathlib import Path

from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.load_balancer import LoadBalancerTier
from keyless_aurora.settings.network import NewNetwork
from keyless_aurora.stacks.roles import RolesStack
from tests.app.environments import DEV
from tests.app.services import People, Services
from tests.app.workload import workload
from tests.infrastructure.support import SPEC, Synthesis, synthesize

_SPEC = SPEC.as_properties()
_GRANTS = [{"database": "app", "schemas": ["foo"], "access": "read_write"}]
USERS = [
    {"username": "site", "connection_limit": 20, "grants": _GRANTS},
    {"username": "api", "connection_limit": 40, "grants": _GRANTS},
    {
        "username": "reports",
        "connection_limit": 5,
        "grants": _GRANTS,
        "iam_role": "arn:aws:iam::111122223333:role/x/bi",
    },
]
WITH_USERS = AccessSpec.parse({**_SPEC, "users": [*_SPEC["users"], *USERS]})
assert isinstance(DEV.network, NewNetwork)
_FRONT = LoadBalancerTier(allowed_cidrs=("192.0.2.0/24", "198.51.100.7/32"), target_ports=(8080, 443))
WITH_NAT = replace(DEV, network=replace(DEV.network, nat=True, load_balancer=_FRONT))


def workloads(out: Path, environment: Environment = WITH_NAT, spec: AccessSpec = WITH_USERS) -> Synthesis:
    return synthesize(environment, out, spec, own=[workload, Services, RolesStack])


ANA = {"username": "ana", "connection_limit": 3, "grants": [{**_GRANTS[0], "access": "read_only"}]}
WITH_PEOPLE = AccessSpec.parse({**_SPEC, "users": [*_SPEC["users"], *USERS, ANA]})
WITH_SESSIONS = replace(DEV, network=replace(DEV.network, sessions=True))
DIRECT = WITH_NAT.with_pattern(Pattern.C)


def people(out: Path, environment: Environment = WITH_SESSIONS, spec: AccessSpec = WITH_PEOPLE) -> Synthesis:
    return synthesize(environment, out, spec, own=[workload, People])
