"""How large a database is."""

from collections.abc import Iterator

from keyless_aurora.settings.allowed import written_as
from keyless_aurora.settings.checked import settings

_MOST_ACU, _STEP = 256, 0.5
_CLASS = r"(?!db\.)[a-z][a-z0-9-]*\.[a-z0-9]+"
_PLACE = "database.capacity"


@settings
class Serverless:
    """Aurora Serverless v2, in Aurora capacity units of about 2 GiB of memory. A minimum of 0 pauses it, which a proxy
    prevents."""

    min_acu: float
    max_acu: float


@settings
class Provisioned:
    """Instances of one class, such as `r8g.large`."""

    instance_class: str


def serverless_problems(size: Serverless, *, through_proxy: bool) -> Iterator[str]:
    low, high = size.min_acu, size.max_acu
    yield from _acu("min_acu", low, least=0)
    if high >= 1:  # the sum of connections reports less
        yield from _acu("max_acu", high, least=1)
    if low > high:
        yield f"{_PLACE}.min_acu: {low:g} is more than max_acu {high:g}; allowed: at most that"
    if low == 0 and through_proxy:
        yield (
            f"{_PLACE}.min_acu: 0 is for a database that pauses, and RDS Proxy holds connections open that keep it "
            "awake; allowed: at least 0.5, or pattern C for all"
        )


def _acu(name: str, value: float, *, least: float) -> Iterator[str]:
    if not least <= value <= _MOST_ACU or value % _STEP:
        yield (
            f"{_PLACE}.{name}: {value:g} is not a valid capacity of Aurora Serverless v2; allowed: {least:g} to "
            f"{_MOST_ACU} in steps of {_STEP:g}"
        )


def provisioned_problems(size: Provisioned) -> Iterator[str]:
    if "." in size.instance_class:  # the sum of connections reports one that is no class at all
        form = "an instance class, without db. before it, such as r8g.large"
        yield from written_as(f"{_PLACE}.instance_class", size.instance_class, _CLASS, form)
