"""What is watched of the functions that log in as the master: bootstrap, rotation, and the drift watch, which must be
watched itself."""

from collections.abc import Iterator, Mapping

from aws_cdk import Duration

from keyless_aurora.monitoring.alarms import Missing, Watched
from keyless_aurora.monitoring.metrics import of_function, of_rule, ours

_RUNS = 3
DRIFT = "Drift"
"""The metric of a run's finding: how many differences there are. The number of its values is the number of runs that
could read the database."""


def of_bootstrap(bootstrap: str, framework: str) -> Iterator[Watched]:
    """Args: the names of the function and of the provider framework's in front of it."""
    yield Watched(
        "Bootstrap",
        of_function(bootstrap, "Errors"),
        1,
        "The access spec was not carried out: the deploy fails and is rolled back.",
        "The stack's events and the function's log say which line of the spec and why; nothing was changed.",
    )
    yield Watched(
        "BootstrapFramework",
        of_function(framework, "Errors"),
        1,
        "The CDK's function in front of the bootstrap function failed, so that CloudFormation may wait for an "
        "answer in vain.",
        "Its log says why; when it wasn't the bootstrap function, deploy again.",
    )


def of_rotation(rotation: str) -> Watched:
    return Watched(
        "Rotation",
        of_function(rotation, "Errors"),
        1,
        "A user's secret was not rotated; the old password stays valid.",
        "The function's log names the user and the step. Secrets Manager tries again; RotateSecret does so at once.",
    )


def of_watch(watch: str, namespace: str, *, hours: int, looks: int, of: str) -> Iterator[Watched]:
    """Args: the watch's function; our namespace; how often it looks, how many looks that takes, and of
    what they are."""
    interval = Duration.hours(hours)
    yield Watched(
        "Drift",
        ours(namespace, DRIFT, "Maximum", interval),
        1,
        "Somebody changed access in a database by other means than the access spec, or an object appeared that "
        "it doesn't cover.",
        "The mail of the same run says who gained or lost what. Put it into the spec, or take it back with "
        "`keyless sync` or the next deploy that changes the spec; then find out who did it.",
    )
    yield Watched(
        "WatchFailures",
        of_function(watch, "AsyncEventsDropped", interval),
        1,
        "The drift watch failed at every attempt of a run, so that nobody knows whether access is as the spec says.",
        "The mail of the same run says why; the function's log has every attempt.",
    )
    yield Watched(
        "WatchSilence",
        ours(namespace, DRIFT, "SampleCount", interval),
        looks,
        f"The drift watch has not told of {of} for {_RUNS} runs: it doesn't run, fails, or finds a deploy at work.",
        "Is its schedule there and enabled? Does its log have lines? Does a deploy hold the engine's lock?",
        _RUNS,
        below=True,
        missing=Missing.BREACHING,
    )


def of_findings_bus(rule: str) -> Watched:
    """Args: the name of the rule that hands findings on."""
    return Watched(
        "FindingsBus",
        of_rule(rule, "FailedInvocations"),
        1,
        "EventBridge could not hand on to the bus of another account what the drift watch says.",
        "Is the bus there, and does its policy let this account put events? The finding is in the watch's log.",
    )


def of_notices(rules: Mapping[str, str]) -> Iterator[Watched]:
    """Args: the rules' names by what they report."""
    for what, rule in rules.items():
        yield Watched(
            f"{what}Notice",
            of_rule(rule, "FailedInvocations"),
            1,
            f"EventBridge could not deliver a notice ({what}) to the topic.",
            "The finding is in the watch's log. Check the topic's policy and its key's policy.",
        )
