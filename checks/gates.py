"""Everything that a synth must pass, attached to the app: any finding that nothing acknowledges fails it."""

from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from checks.plugin import TemplateRules

_GUARD = Path(__file__).parent / "guard"
_PASSWORDLESS = "passwordless.guard"


def attach(app: cdk.App, *, passwords: bool, bundled: bool) -> None:
    """Attach the gates. Attach them last: the validator's start alone takes two seconds.

    Args:
        passwords: whether the access spec has users with a password; without them no secret may be.
        bundled: whether the functions' bundles are for Lambda, so that they must fit its runtimes.
    """
    cdk.Validations.of(app).add_plugins(
        cdk_nag.AwsSolutionsChecks(app),
        cdk_nag.NIST80053R5Checks(app),
        TemplateRules(bundled=bundled),
        cdk.CloudFormationValidatePlugin(guard_rules=guard_rules(passwords=passwords)),
    )


def guard_rules(*, passwords: bool) -> list[cdk.ValidationRuleSource]:
    """The rules of this project in cfn-guard's language, which see one template at a time."""
    files = sorted(file for file in _GUARD.glob("*.guard") if not (passwords and file.name == _PASSWORDLESS))
    return [cdk.ValidationRuleSource(name=file.stem, content=file.read_text()) for file in files]
