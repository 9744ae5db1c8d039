"""Who may take a role."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule

_PASSED = {"ec2.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com", "rds.amazonaws.com"}


def trust(templates: Templates) -> Iterator[Finding]:
    """A role is trusted by services or by a federation of this account, never by everybody or another account.

    EC2, EventBridge, Lambda and RDS Proxy take the roles of their own account only (iam:PassRole); others need a
    condition with the account."""
    for role in templates.all("AWS::IAM::Role"):
        for statement in role.props["AssumeRolePolicyDocument"]["Statement"]:
            principal = statement.get("Principal")
            kinds, named = (set(principal), list(principal.values())) if isinstance(principal, dict) else (set(), ["*"])
            if not kinds <= {"Service", "Federated"} or any("*" in as_list(value) for value in named):
                yield Finding(role.path, f"it is trusted by {principal}")
            elif set(as_list(principal.get("Service", []))) - _PASSED and not _of_this_account(
                templates, role, statement
            ):
                yield Finding(
                    role.path, f"{principal['Service']} may take it for other accounts: aws:SourceAccount is missing"
                )
            elif "Federated" in principal and "Condition" not in statement:
                yield Finding(role.path, "it is trusted by every identity of its federation")


def _of_this_account(templates: Templates, role: Resource, statement: dict[str, Any]) -> bool:
    account = statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount")
    return re.fullmatch(r"ACCOUNT|\d{12}", templates.text(role.stack, account)) is not None


RULES: tuple[Rule, ...] = (trust,)
