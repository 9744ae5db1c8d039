"""Where a function may go beside the database."""

from enum import StrEnum

from keyless_aurora.settings.network import NetworkSettings


class Egress(StrEnum):
    """Where a function may go beside the database."""

    NOWHERE = "nowhere"
    S3 = "S3"
    INTERNET = "internet"


def egress_problem(egress: Egress, network: NetworkSettings) -> str | None:
    """Why a function can't go there, if it can't."""
    if egress is Egress.S3 and network.s3 is None:
        return (
            "egress to S3 needs the network's S3 gateway; allowed: `s3=S3Gateway(...)` in the network's settings, or "
            "no egress"
        )
    if egress is Egress.INTERNET and not network.nat:
        return "egress to the internet needs NAT; allowed: `nat=True` in the network's settings, or no egress"
    return None
