"""The stacks of an environment: found by its name, with the AWS credentials at hand. Reads only."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from db_access.errors import AccessError
from keyless.preflight.account.connection import Connections
from keyless.preflight.account.identity import CredentialsError, credentials_errors, identify
from keyless.stack_names import prefixes_of
from keyless.verify.deployed import Clients, templates_of

_ABOUT_STACKS: Final = frozenset({"AccessDenied", "AccessDeniedException", "ResourceNotFoundException"})
"""Codes of errors that are not about the credentials themselves."""
_RIGHTS: Final = (
    "cloudformation:DescribeStacks on all stacks of the region, lambda:GetFunctionConfiguration on the environment's "
    "bootstrap function, and for a report cloudformation:GetTemplate on the environment's stacks"
)


class EnvironmentNotFoundError(AccessError):
    """Where the environment's database is can't be found out. Says why, and what is allowed."""


@dataclass(frozen=True)
class Stacks:
    """The stacks of an environment, where they are."""

    prefix: str
    region: str
    clients: Clients
    outputs: Mapping[str, Mapping[str, str]]
    """Of each stack of the region, by its name."""

    @property
    def access(self) -> str:
        """The name of the access stack."""
        return f"{self.prefix}-access"


def stacks_of(name: str) -> Stacks:
    """The stacks of the environment of that name, or with that prefix, in the account and the region that boto3 finds.

    Raises:
        EnvironmentNotFoundError: also when there are no credentials, or they aren't enough.
    """
    connections = _connections()
    if (region := connections.region) is None:
        raise EnvironmentNotFoundError("no AWS region is said; allowed: AWS_REGION, that of the environment")
    return stacks_in(connections.to(region).signed, region, name)


def stacks_in(clients: Clients, region: str, name: str) -> Stacks:
    """The same by other clients. Raises what `stacks_of` does."""
    with explained():
        outputs = dict(_outputs(clients("cloudformation")))
    return Stacks(_prefix(name, region, outputs), region, clients, outputs)


def templates(name: str) -> Mapping[str, Mapping[str, Any]]:
    """Of the environment's stacks, by their names; needs cloudformation:GetTemplate on them, too. Raises what
    `stacks_of` does."""
    stacks = stacks_of(name)
    with explained():
        return dict(templates_of(stacks.clients("cloudformation"), stacks.prefix))


def caller() -> str:
    """The ARN of whose credentials these are, in the region that boto3 finds.

    Raises:
        EnvironmentNotFoundError: as `deployed_environment`.
    """
    connections = _connections()
    with explained():
        return identify(connections.to(connections.region or "").signed("sts")).arn


def _connections() -> Connections:
    with explained():
        found = Connections()
        found.refuse_none()
        return found


def _outputs(cloudformation: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Of each stack, by its name."""
    for page in cloudformation.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            if stack["StackStatus"] != "DELETE_COMPLETE":
                yield stack["StackName"], {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", ())}


def _prefix(name: str, region: str, stacks: Mapping[str, object]) -> str:
    found = prefixes_of(stacks, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise EnvironmentNotFoundError(
            f"{len(found)} apps have an environment {name!r} in {region}; allowed: --env {' or --env '.join(found)}"
        )
    there = ", ".join(prefixes_of(stacks)) or "none, for none is deployed there"
    raise EnvironmentNotFoundError(
        f"the account of these credentials has no stacks of an environment {name!r} in {region}; allowed: {there}, or "
        "AWS_PROFILE and AWS_REGION of another place"
    )


@contextmanager
def explained() -> Iterator[None]:
    """Around what asks AWS."""
    try:
        with credentials_errors():
            yield
    except CredentialsError as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _ABOUT_STACKS:
            said = f"the environment can't be looked at: {cause}; allowed: credentials with {_RIGHTS}"
        else:
            said = f"{error}; allowed:\n  " + "\n  ".join(error.remedies)
        raise EnvironmentNotFoundError(said) from error
