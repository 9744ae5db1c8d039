"""The drift watch of a deployed access stack, found by the stack's resources. Reads only."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from db_access.errors import AccessError
from keyless.verify.deployed import Clients

_TYPE: Final = "AWS::Lambda::Function"
_HANDLER: Final = "db_access.watch.handler"
_LOGICAL_ID: Final = "Watch"
"""What that of the function begins with."""


class WatchError(AccessError):
    """There is no drift watch that could be asked. Says why, and what is allowed."""


def watch_of(clients: Clients, region: str, stack: str, account: str = "") -> str:
    """The ARN of the drift watch in `stack`, an access stack, that can be asked. Takes and raises what `configuration`
    does."""
    function = configuration(clients, region, stack, account)
    _refuse_mysql(function, stack)
    return str(function["FunctionArn"])


def configuration(clients: Clients, region: str, stack: str, account: str = "") -> Mapping[str, Any]:
    """Of the drift watch in `stack`, an access stack, as GetFunctionConfiguration answers.

    Args:
        clients: of that region.
        account: the environment's; empty for that of the credentials.

    Raises:
        WatchError: when the stack or the function isn't there, or can't be looked at.
    """
    where = f"in account {account or 'of the current credentials'}, region {region}"
    try:
        found = [one for one in _watches(clients, stack) if account in ("", one["FunctionArn"].split(":")[4])]
    except NoCredentialsError as error:
        raise WatchError(
            "there are no AWS credentials; allowed: any that boto3 finds, such as `aws sso login` and AWS_PROFILE=NAME"
        ) from error
    except (BotoCoreError, ClientError) as error:
        raise WatchError(_why(stack, where, error)) from error
    if len(found) != 1:
        raise WatchError(f"stack {stack} {where} has {len(found)} drift watches; allowed: one, which a deploy makes")
    return found[0]


def _watches(clients: Clients, stack: str) -> Iterator[Mapping[str, Any]]:
    cloudformation, functions = clients("cloudformation"), clients("lambda")
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == _TYPE and resource["LogicalResourceId"].startswith(_LOGICAL_ID):
                function = functions.get_function_configuration(FunctionName=resource["PhysicalResourceId"])
                if function["Handler"] == _HANDLER:
                    yield function


def _refuse_mysql(function: Mapping[str, Any], stack: str) -> None:
    """Raises WatchError for one of a whole server, which the questions of `--through-lambda` aren't about yet."""
    if function.get("Environment", {}).get("Variables", {}).get("DB_ENGINE_FAMILY") == "mysql":
        raise WatchError(
            f"the drift watch of {stack} is of a MySQL server, which isn't asked through Lambda yet; allowed: to look "
            "as the master, from the server's network, without --through-lambda"
        )


def _why(stack: str, where: str, error: Exception) -> str:
    if isinstance(error, ClientError) and "does not exist" in error.response["Error"].get("Message", ""):
        return (
            f"there is no stack {stack} {where}; allowed: an environment that is deployed there, or before its first "
            "deploy `make approve ENV=… ARGS=--first`"
        )
    return (
        f"stack {stack} {where} can't be looked at: {error}; allowed: credentials that may use "
        "cloudformation:ListStackResources on it, and lambda:GetFunctionConfiguration on its drift watch"
    )
