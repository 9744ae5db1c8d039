"""Acknowledge a finding of a check on one construct. Must not be used on a stack or the app."""

import aws_cdk as cdk
from constructs import IConstruct

NAG = "AwsSolutions::AwsSolutions-"
"""The namespace makes a finding show as suppressed in the validation report instead of vanishing."""
NIST = "NIST.800.53.R5::NIST.800.53.R5-"
VALIDATOR = "CloudFormation-Validate::"


def acknowledge(scope: IConstruct, finding: str, reason: str) -> None:
    """Record why `finding`, such as `NAG + "IAM5[Resource::*]"`, is right on `scope`."""
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=finding, reason=reason))


def acknowledge_inline(scope: IConstruct) -> None:
    """For a role, or a policy of one role: every role of ours has a policy that is its own."""
    acknowledge(
        scope,
        NIST + "IAMNoInlinePolicy",
        "The policy belongs to this one role, is deleted with it, and can't be attached to another (IAM User Guide, "
        "Managed policies and inline policies: inline for a strict one-to-one relationship). What it allows is in the "
        "IAM snapshot.",
    )
