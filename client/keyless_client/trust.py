"""Which certificate authorities are trusted for which endpoint. The system's store is not used.

A proxy's certificate comes from ACM and chains to the Amazon Trust Services roots; a cluster's comes from Amazon RDS,
whose roots are in no system's store. `scripts/trust_roots.py` writes the files.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
"""

import os
import re
from pathlib import Path

from keyless_client.errors import ConnectError

_ROOTS = Path(__file__).parent / "roots"
_ENDPOINT = re.compile(
    r"[a-z0-9-]+\."
    r"(?:(?P<proxy>(?:endpoint\.)?proxy-[a-z0-9]+)|[a-z0-9-]+)\."
    r"(?:(?P<region>[a-z0-9-]+)\.rds|rds\.(?P<chinas>[a-z0-9-]+))\."  # China puts the region last
    r"(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|cloud\.adc-e\.uk)",
    re.IGNORECASE,
)


def is_proxy(host: str) -> bool:
    """Whether `host` is an endpoint of RDS Proxy, by its name."""
    endpoint = _ENDPOINT.fullmatch(host)
    return bool(endpoint and endpoint["proxy"])


def region_of(host: str) -> str | None:
    """The region of an endpoint, by its name; None for any other name."""
    endpoint = _ENDPOINT.fullmatch(host)
    return (endpoint["region"] or endpoint["chinas"]).lower() if endpoint else None


def trust_roots(host: str, variable: str = "PGSSLROOTCERT") -> Path:
    """The PEM file with the roots for an endpoint of RDS Proxy, Aurora or RDS; that of `variable`, where set, instead.

    Raises:
        ConnectError: when `host` is not such an endpoint, e.g. an alias: neither token nor certificate would match it.
    """
    if chosen := os.environ.get(variable):
        return Path(chosen)
    endpoint = _ENDPOINT.fullmatch(host)
    if endpoint is None:
        raise ConnectError(
            f"{host!r} is not the name of an RDS endpoint; allowed: NAME.proxy-ID.REGION.rds.amazonaws.com for a "
            "proxy, NAME.ID.REGION.rds.amazonaws.com for a cluster or instance, and no alias of one"
        )
    return _ROOTS / ("amazon_trust.pem" if endpoint["proxy"] else "rds.pem")
