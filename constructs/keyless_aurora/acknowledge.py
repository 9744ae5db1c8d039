"""Acknowledge a finding of a check on one construct. Must not be used on a stack or the app."""

import aws_cdk as cdk
from constructs import IConstruct

NAG = "AwsSolutions::AwsSolutions-"
"""The namespace makes a finding show as suppressed in the validation report instead of vanishing."""
VALIDATOR = "CloudFormation-Validate::"


def acknowledge(scope: IConstruct, finding: str, reason: str) -> None:
    """Record why `finding`, such as `NAG + "IAM5[Resource::*]"`, is right on `scope`."""
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=finding, reason=reason))
