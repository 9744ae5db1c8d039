"""What an environment and what is in it are called in its account: after the app, if that has a name, and itself.

No two of them, of whatever apps, come to the same name: an app's name stands before ours, which no app's may contain.
"""

from collections.abc import Iterator
from typing import Final

from keyless_aurora.settings.allowed import written_as

_STACKS: Final = "KeylessAurora"
_RESOURCES: Final = "keyless-aurora"
_LONGEST_APP: Final = 30
_LONGEST_ENVIRONMENT: Final = 40
_LONGEST_RESOURCE: Final = 63
"""Of a database: AWS::RDS::DBCluster, DBClusterIdentifier, and AWS::RDS::DBInstance, DBInstanceIdentifier. A stack's
may have 128, a topic's and an alarm's 255, a topic's display name 100."""
_WORDS: Final = "[a-z](-?[a-z0-9])*"
"""RDS takes no two hyphens in a row, and CloudFormation makes names of RDS's from those of the stacks."""


def stacks(app: str, environment: str) -> str:
    """What the stacks' names begin with."""
    return f"{_before(app)}{_STACKS}-{environment}"


def resources(app: str, environment: str) -> str:
    """The name of the database, and that of the topic."""
    return f"{_before(app)}{_RESOURCES}-{environment}"


def metrics(app: str, environment: str) -> str:
    """The namespace of the metrics that are the app's own."""
    return "/".join(filter(None, (_STACKS, app, environment)))


def application(app: str) -> str:
    """The value of the tag `application`."""
    return app or _RESOURCES


def naming_problems(app: str, environment: str) -> Iterator[str]:
    wrong = [*_app_problems(app), *_environment_problems(environment)]
    yield from wrong
    name = resources(app, environment)
    if not wrong and len(name) > _LONGEST_RESOURCE:
        yield (
            f"name: with the app's, {app!r}, the database would be {name!r}, of {len(name)} characters; allowed: "
            f"{_LONGEST_RESOURCE}"
        )


def _app_problems(app: str) -> Iterator[str]:
    if app:
        yield from written_as(
            "app",
            app,
            rf"(?!.*{_RESOURCES})(?=.{{1,{_LONGEST_APP}}}$){_WORDS}",
            "an app's name, of small letters, digits and single hyphens, a letter first, at most "
            f"{_LONGEST_APP}, without {_RESOURCES} in it; or empty",
        )


def _environment_problems(environment: str) -> Iterator[str]:
    yield from written_as(
        "name",
        environment,
        rf"(?=.{{1,{_LONGEST_ENVIRONMENT}}}$){_WORDS}",
        f"an environment's name, of small letters, digits and single hyphens, at most {_LONGEST_ENVIRONMENT}",
    )


def _before(app: str) -> str:
    return f"{app}-" if app else ""
