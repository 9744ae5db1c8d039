"""The app's environments by their names, of which each is one environment's."""

from collections.abc import Iterator, Mapping, Sequence

from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError

Environments = Sequence[Environment] | Mapping[str, Environment]
"""In the order of deploys."""


def by_name(environments: Environments) -> dict[str, Environment]:
    """Raises SettingsError when two have one name, or one stands under another than its own."""
    named: dict[str, Environment] = {}
    for key, environment in _keyed(environments):
        if problems := [*_problems(key, environment, named)]:
            raise SettingsError(environment.name, problems, at=made_at(environment))
        named[environment.name] = environment
    return named


def _keyed(environments: Environments) -> Iterator[tuple[str, Environment]]:
    if isinstance(environments, Mapping):
        yield from environments.items()
    else:
        yield from ((environment.name, environment) for environment in environments)


def _problems(key: str, environment: Environment, named: Mapping[str, Environment]) -> Iterator[str]:
    if key != environment.name:
        yield f"name: it stands under {key!r}; allowed: {environment.name!r} there, or a tuple of environments"
    if other := named.get(environment.name):
        yield f"name: {made_at(other)} makes another of this name; allowed: a name of its own for each"
