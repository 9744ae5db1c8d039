"""Every right of every role of templates, as a policy says it. What the policies come to is `test_iam`'s."""

from collections.abc import Iterator

from tests.infrastructure.templates import Templates

Right = tuple[str, str, str]
"""Role, action (`not ` before it when denied), resource."""


def rights(templates: Templates) -> Iterator[Right]:
    """The rights of all roles, inline or in policies of their own; anything unusual as a right of its own."""
    for path, resource in templates.named("AWS::IAM::Role"):
        for policy in resource["Properties"].get("Policies", []):
            yield from _of_document(templates, path, policy["PolicyDocument"])
        yield from ((path, "managed policy", str(arn)) for arn in resource["Properties"].get("ManagedPolicyArns", []))
    for path, resource in templates.named("AWS::IAM::Policy"):
        for role in resource["Properties"]["Roles"]:
            yield from _of_document(
                templates, templates.text(path.split("/")[0], role), resource["Properties"]["PolicyDocument"]
            )


def _of_document(templates: Templates, role: str, document: dict[str, list[dict[str, object]]]) -> Iterator[Right]:
    stack = role.split("/")[0]
    for statement in document["Statement"]:
        if unusual := {"NotAction", "NotResource"} & set(statement):
            yield role, "everything but", str(unusual)
        denied = "not " if statement["Effect"] == "Deny" else ""
        yield from (
            (role, f"{denied}{action}", templates.text(stack, resource))
            for action in _list(statement.get("Action", []))
            for resource in _list(statement.get("Resource", []))
        )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
