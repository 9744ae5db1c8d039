"""The instance classes of Aurora and RDS, by engine, and their memory. Data; knows no CDK.

Sources: AuroraUserGuide and UserGuide/Concepts.DBInstanceClass.Summary ("Hardware specifications") for the memory,
EC2's own pages for what it doesn't list yet (r8a, m8a, m9g); Concepts.DBInstanceClass.SupportAurora and .Support for
who has which. Retired generations (m4, r4, t2 and before) are left out.
"""

from collections.abc import Mapping

from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import Engine

_GIB_OF_LARGE = {"t": 8, "m": 8, "r": 16, "x2g": 32, "x2idn": 32, "x2iedn": 64}
_LARGES = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1, "xlarge": 2} | {
    f"{n}xlarge": 2 * n for n in (2, 4, 8, 12, 16, 24, 32, 48)
}
"""A size's memory, in `large`s of its family."""

_TO_16, _TO_24 = (
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
)
_TO_32, _TO_48 = f"{_TO_24} 32xlarge", f"{_TO_24} 48xlarge"
_BURSTABLE = "micro small medium large xlarge 2xlarge"

_AURORA = {
    "t3": "medium large",
    "t4g": "medium large",
    "x2g": _TO_16,
    "r5": _TO_24,
    "r6g": _TO_16,
    "r6gd": _TO_16.removeprefix("large "),
    "r6i": _TO_32,
    "r6id": "24xlarge 32xlarge",
    "r7g": _TO_16,
    "r7i": _TO_48,
    "r8a": _TO_48,
    "r8g": _TO_48,
    "r8gd": _TO_48,
}
_OF_POSTGRESQL = ("r6gd", "r8gd")
"""Of these, what Aurora MySQL doesn't have."""
_RDS = {
    "t3": _BURSTABLE,
    "t4g": _BURSTABLE,
    "x2g": _TO_16,
    "x2idn": "16xlarge 24xlarge 32xlarge",
    "x2iedn": "xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge",
    "m5": _TO_24,
    "m5d": _TO_24,
    "m6g": _TO_16,
    "m6gd": _TO_16,
    "m6i": _TO_32,
    "m6id": _TO_32,
    "m6idn": _TO_32,
    "m6in": _TO_32,
    "m7g": _TO_16,
    "m7i": _TO_48,
    "m8a": _TO_48,
    "m8g": _TO_48,
    "m8gd": _TO_48,
    "m9g": _TO_48,
    "r5": _TO_24,
    "r5b": _TO_24,
    "r5d": _TO_24,
    "r6g": _TO_16,
    "r6gd": _TO_16,
    "r6i": _TO_32,
    "r6id": _TO_32,
    "r6idn": _TO_32,
    "r6in": _TO_32,
    "r7g": _TO_16,
    "r7i": _TO_48,
    "r8a": _TO_48,
    "r8g": _TO_48,
    "r8gd": _TO_48,
}


def memory_gib(instance_class: str, engine: Engine) -> int | str:
    """What AWS states as the memory of such an instance, or why it is not one of `engine`'s, as a sentence."""
    families = _families(engine)
    family, _, size = instance_class.removeprefix("db.").partition(".")
    if family not in families:
        return (
            f"instance_class: {instance_class!r} is not a known class of {engine.label}; allowed: "
            f"{', '.join(sorted(families))}"
        )
    if size not in (sizes := families[family].split()):
        return (
            f"instance_class: {instance_class!r} doesn't exist for {engine.label}; allowed: {family}. and "
            f"{', '.join(sizes)}"
        )
    of_large = _GIB_OF_LARGE.get(family) or _GIB_OF_LARGE[family[0]]
    return int(of_large * _LARGES[size])


def _families(engine: Engine) -> Mapping[str, str]:
    if not engine.aurora:
        return _RDS
    if engine.family is Family.POSTGRESQL:
        return _AURORA
    return {name: sizes for name, sizes in _AURORA.items() if name not in _OF_POSTGRESQL}
