"""A deployed access stack, updated as CloudFormation updates it: with another spec, and the digest that goes with it."""

import json
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from db_access.spec.deployed import digest
from keyless.rehearsal.cdk.stack_events import failures, latest_event
from keyless.rehearsal.stage.running import Stage


def update(stage: Stage, change: Callable[[dict[str, Any]], None], **variables: str) -> list[str]:
    """Update the access stack with its spec changed; the reasons of what failed, first cause first."""
    cloudformation, name = stage.cloud.client("cloudformation"), stage.deployed.stack("access")
    template = json.loads((stage.assembly / f"{name}.template.json").read_text())
    resources = template["Resources"].values()
    (access,) = (resource for resource in resources if resource["Type"] == "Custom::DatabaseAccess")
    change(access["Properties"]["Spec"])
    for resource in resources:
        told = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
        if "DB_CLUSTER_RESOURCE_ID" in told:
            told |= variables
        if resource.get("Properties", {}).get("Handler") == "db_access.handler.on_event":  # as a synth pins the spec
            pinned = {**json.loads(told["DEPLOYED_SPEC"]), "digest": digest(access["Properties"]["Spec"])}
            told["DEPLOYED_SPEC"] = json.dumps(pinned, separators=(",", ":"))  # as a synth writes it
    before = latest_event(cloudformation, name)
    try:
        cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
    except ClientError as error:
        assert "No updates" in str(error)
    settled(cloudformation, name)
    return [failure.cause for failure in failures(cloudformation, name, before)]


def settled(cloudformation: Any, name: str) -> str:
    deadline = time.monotonic() + 60
    while (status := str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])).endswith(
        "IN_PROGRESS"
    ):
        assert time.monotonic() < deadline, status
        time.sleep(0.1)
    return status
