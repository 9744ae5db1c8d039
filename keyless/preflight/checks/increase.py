"""The command that asks AWS for a higher quota."""


def increase(service: str, code: str, value: int, region: str) -> str:
    """`service` and `code` as Service Quotas names them."""
    return (
        f"aws service-quotas request-service-quota-increase --service-code {service} --quota-code {code} "
        f"--desired-value {value} --region {region}"
    )
