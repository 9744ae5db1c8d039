"""Breaks deployed IAM policies on purpose, inline and managed ones, and puts them back."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from keyless.rehearsal.stage.running import Stage

Document = dict[str, Any]


@contextmanager
def changed(stage: Stage, role_arn: str, change: Callable[[Document], Document]) -> Iterator[None]:
    """Each of the role's policies replaced by `change` of itself."""
    iam, role = stage.cloud.client("iam"), role_arn.rsplit("/", 1)[-1]
    with ExitStack() as undo:
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            old = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(change(old)))
            undo.callback(iam.put_role_policy, RoleName=role, PolicyName=name, PolicyDocument=json.dumps(old))
        for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            _change_managed(iam, attached["PolicyArn"], change, undo)
        yield


def _change_managed(iam: Any, arn: str, change: Callable[[Document], Document], undo: ExitStack) -> None:
    before = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    old = iam.get_policy_version(PolicyArn=arn, VersionId=before)["PolicyVersion"]["Document"]
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(change(old)), SetAsDefault=True)[
        "PolicyVersion"
    ]["VersionId"]
    undo.callback(iam.delete_policy_version, PolicyArn=arn, VersionId=version)
    undo.callback(iam.set_default_policy_version, PolicyArn=arn, VersionId=before)


def resources(action: str, change: Callable[[Any], Any]) -> Callable[[Document], Document]:
    """A policy with the resources of its statements about `action` replaced."""

    def document(policy: Document) -> Document:
        listed = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
        return {
            **policy,
            "Statement": [{**s, "Resource": change(s["Resource"])} if action in _actions(s) else s for s in listed],
        }

    return document


def _actions(statement: Document) -> list[str]:
    actions = statement["Action"]
    return actions if isinstance(actions, list) else [actions]
