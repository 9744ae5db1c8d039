"""Which instance is an environment's bastion: by the tag that its stack gives it. Reads only."""

from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from keyless.cli.forward.error import ForwardError
from keyless.stack_names import belongs
from keyless.verify.deployed import Clients

_TAG: Final = "keyless-bastion"
"""Its value is the name of the bastion's stack."""


def bastion(clients: Clients, prefix: str) -> str:
    """The id of the running bastion of the environment whose stacks' names begin with `prefix`: the youngest, as one
    that was replaced may not have ended yet.

    Raises:
        ForwardError: when there is none, or it can't be looked for.
    """
    filters = [
        {"Name": f"tag:{_TAG}", "Values": [f"{prefix}-*"]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    try:
        pages = clients("ec2").get_paginator("describe_instances").paginate(Filters=filters)
        found = [one for page in pages for group in page["Reservations"] for one in group["Instances"]]
    except (BotoCoreError, ClientError) as error:
        raise ForwardError(
            f"the bastion of {prefix} can't be looked for: {error}; allowed: credentials with ec2:DescribeInstances "
            "(docs/policies/people.json)"
        ) from error
    own = [instance for instance in found if belongs(_stack(instance), prefix)]
    if not own:
        raise ForwardError(
            f"{prefix} has no bastion that is running; allowed: one in a stack of the environment (docs/workloads.md, "
            "People), or --via proxy or --via direct from a machine in its network"
        )
    return str(max(own, key=lambda instance: instance["LaunchTime"])["InstanceId"])


def _stack(instance: Any) -> str:
    return next((str(tag["Value"]) for tag in instance.get("Tags", ()) if tag["Key"] == _TAG), "")
