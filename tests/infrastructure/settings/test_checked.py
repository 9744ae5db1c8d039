"""Every setting there is, found by looking: one that isn't what its annotation says, or isn't there, is refused where it is
written, by its class and name. A setting yet to come is held to the same."""

import dataclasses
import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

import keyless_aurora.settings
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.database import Protection, Serverless
from keyless_aurora.settings.error import MadeWrongError, SettingsError
from keyless_aurora.settings.load_balancer import ExistingLoadBalancerTier, LoadBalancerTier
from keyless_aurora.settings.network import S3Gateway
from keyless_aurora.settings.workload import Workload
from keyless_aurora.stacks.workload import WorkloadFunction
from tests.app.environments import DEV, PROD
from tests.app.workload import FUNCTIONS
from tests.infrastructure.variants import VARIANTS


def _modules() -> Iterator[types.ModuleType]:
    package = keyless_aurora.settings
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


_FOUND: set[Any] = {
    one
    for module in _modules()
    for _, one in inspect.getmembers(module, dataclasses.is_dataclass)
    if one.__module__ == module.__name__
}
CLASSES: list[Any] = [*sorted(_FOUND, key=lambda one: one.__name__), WorkloadFunction]


def _inside(value: object) -> Iterator[Any]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in dataclasses.fields(value):
            yield from _inside(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _inside(item)


GOOD = {
    type(one): one
    for environment in (PROD, DEV, *(environment for environment, _ in VARIANTS.values()))
    for one in _inside(environment)
} | {WorkloadFunction: FUNCTIONS["Writer"]}
GOOD |= {
    LoadBalancerTier: LoadBalancerTier(("192.0.2.0/24",), (8080,)),
    ExistingLoadBalancerTier: ExistingLoadBalancerTier(("192.0.2.0/24",), ("subnet-2000000a", "subnet-2000000b")),
}
GOOD |= {one: one("acme@1/aurora@2") for one in CLASSES if one.__name__ == "Repository"}
"""One of each class that has no problem."""

FIELDS = [(one, field.name) for one in CLASSES for field in dataclasses.fields(one)]
NAMES = [f"{one.__name__}.{name}" for one, name in FIELDS]
each_field = pytest.mark.parametrize(("made", "field"), FIELDS, ids=NAMES)


class Nothing:
    """What no setting takes."""


def _refused(made: Any, **changes: Any) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        dataclasses.replace(GOOD[made], **changes)
    return refused.value


def _arms(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _wrong(kind: Any, value: object) -> Iterator[object]:
    """What looks like the field's value and isn't, and what doesn't."""
    arms = _arms(kind)
    yield from ([], {1: 2}, Nothing(), Nothing, b"x", object)
    yield from (None,) * (types.NoneType not in arms)
    yield from ("1", "x", "") * (str not in arms)
    yield from (True,) * (bool not in arms)
    yield from (30,) * (not {int, float} & {*arms})
    yield from (1.5,) * (float not in arms)
    yield from (float("nan"), float("inf")) * (float in arms)
    if isinstance(value, tuple):
        item = get_args(next(arm for arm in arms if get_origin(arm) is tuple))[0]
        yield from (("x" if item is int else 1, *value), (*value, None), list(value) or [1])
    if isinstance(value, Enum):
        yield from (value.name, value.value, type(value))


@each_field
def test_a_value_of_another_type_is_refused_by_class_and_name(made: Any, field: str) -> None:
    kind, value = get_type_hints(made)[field], getattr(GOOD[made], field)
    for wrong in _wrong(kind, value):
        error = _refused(made, **{field: wrong})
        (problem,) = {one.partition(":")[0].partition("[")[0] for one in error.problems}
        assert problem == f"{made.__name__}.{field}", (wrong, str(error))
        assert all("; allowed: " in one and "typing." not in one for one in error.problems)


@each_field
def test_a_misspelt_name_is_refused_with_the_one_that_is_meant(made: Any, field: str) -> None:
    given = {f.name: getattr(GOOD[made], f.name) for f in dataclasses.fields(made) if f.name != field}
    with pytest.raises(SettingsError) as refused:
        made(**given, **{f"{field}x": getattr(GOOD[made], field)})
    (problem,) = refused.value.problems
    assert problem.startswith(f"{made.__name__}.{field}x: there is no such setting; did you mean {field}? allowed: ")


@each_field
def test_a_name_given_twice_is_refused(made: Any, field: str) -> None:
    values = [getattr(GOOD[made], f.name) for f in dataclasses.fields(made)]
    with pytest.raises(SettingsError, match=f"{made.__name__}.{field}: it is given twice"):
        made(*values, **{field: getattr(GOOD[made], field)})


@pytest.mark.parametrize("made", CLASSES)
def test_what_is_missing_or_too_much_is_all_reported_at_once(made: Any) -> None:
    required = [f.name for f in dataclasses.fields(made) if f.default is f.default_factory is dataclasses.MISSING]
    with pytest.raises(SettingsError) as refused:
        made(zzz=1)
    places = [problem.partition(":")[0] for problem in refused.value.problems]
    assert places == [f"{made.__name__}.{name}" for name in ["zzz", *required]]
    with pytest.raises(SettingsError, match=f"{made.__name__}: 99 values are given; allowed: "):
        made(*[object()] * 99)


@pytest.mark.parametrize("made", CLASSES)
def test_what_is_good_stays_as_it_is_and_can_not_be_changed(made: Any) -> None:
    assert dataclasses.replace(GOOD[made]) == GOOD[made]
    with pytest.raises(dataclasses.FrozenInstanceError):
        GOOD[made].anything = 1


replace: Any = dataclasses.replace
"""Unchecked by mypy, which refuses what is refused here."""


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (
            lambda: replace(DEV, pattern="A"),
            "Environment.pattern: 'A' is a text; allowed: Pattern.A, Pattern.B, Pattern.C, Pattern.D",
        ),
        (
            lambda: replace(DEV.logs, retention=30),
            "LogRetention.retention: 30 is a whole number; allowed: RetentionDays.ONE_DAY, RetentionDays.THREE_DAYS, ",
        ),
        (
            lambda: replace(GOOD[Protection], backup_days="1"),
            "Protection.backup_days: '1' is a text; allowed: a whole number",
        ),
        (
            lambda: replace(DEV, workloads={"Writer": {"max_concurrency": 1}}),
            "Environment.workloads['Writer']: a dict is given; allowed: Workload(…)",
        ),
        (
            lambda: replace(DEV, database=None),
            "Environment.database: None is given; allowed: AuroraSettings(…) or InstanceSettings(…) or ExistingDatabase(…)",
        ),
        (
            lambda: replace(DEV.network, availability_zones="eu-west-1a"),
            "NewNetwork.availability_zones: 'eu-west-1a' is a text; allowed: a tuple, (…,), of which each is a text",
        ),
        (
            lambda: Workload(egress="S3"),  # type: ignore[arg-type]
            "Workload.egress: 'S3' is a text; allowed: Egress.NOWHERE, Egress.S3, Egress.INTERNET",
        ),
        (
            lambda: Workload(True, pattern=Pattern.A),
            "Workload.max_concurrency: True is given, which is a truth value; allowed: a whole number or None",
        ),
        (lambda: S3Gateway(("a", 1), "pl-1"), "S3Gateway.buckets[1]: 1 is a whole number; allowed: a text"),  # type: ignore[arg-type]
    ],
)
def test_the_sentence_says_what_is_given_and_what_is_allowed(make: Any, problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        make()
    assert [one[: len(problem)] for one in refused.value.problems] == [problem]


def test_the_error_begins_with_the_file_and_line_that_gives_the_settings() -> None:
    line = inspect.getframeinfo(inspect.currentframe()).lineno + 2  # type: ignore[arg-type]
    with pytest.raises(SettingsError) as refused:
        Workload(max_concurency=5, reader="yes")  # type: ignore[call-arg,arg-type]
    here = Path(__file__).relative_to(Path.cwd())
    assert str(refused.value).splitlines()[0] == f"{here}:{line}: Workload has 2 problems:"
    line = inspect.getframeinfo(inspect.currentframe()).lineno + 2  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match=f"^{here}:{line}: Environment has 1 problem:"):
        replace(DEV, region=1)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "nan is not a usable number; allowed: a number"),
        (float("inf"), "inf is not a usable number; allowed: a number"),
        (10**20, f"{10**20} is not a usable number; allowed: a number"),
        (True, "True is given, which is a truth value; allowed: a number"),
    ],
)
def test_what_only_looks_like_a_number_is_told_from_one(value: Any, said: str) -> None:
    with pytest.raises(MadeWrongError) as refused:
        Serverless(min_acu=value, max_acu=2)
    assert refused.value.problems == (f"Serverless.min_acu: {said}",)
