"""Everything that a synth must pass, attached to the app: any finding that nothing acknowledges fails it."""

from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from keyless_checks.judged import GATES
from keyless_checks.plugin import TemplateRules
from keyless_checks.reading.own import NOTHING, Own
from keyless_checks.validator import validator
from keyless_checks.verdict import Validator, Verdicts
from keyless_checks.witness import Gates

_GUARD = Path(__file__).parent / "guard"
_PASSWORDLESS = "passwordless"
_FILES = ("logins", "network", _PASSWORDLESS, "rights")
"""By name, so that a file that is missing is an error."""


def attach(
    app: cdk.App, *, passwords: bool, bundled: bool, own: Own = NOTHING, verdicts: Verdicts | None = None
) -> Gates:
    """Attach the gates. Attach them last: the validator's start alone takes two seconds.

    A synth has passed them only when the gates that are returned find nothing unjudged, too.

    Args:
        passwords: whether the access spec has users with a password, or a master has a secret; else no secret may be.
        bundled: whether the functions' bundles are for Lambda, so that they must fit its runtimes.
        own: what the app's own stacks may have beside what is allowed to all.
        verdicts: where the validator's are kept; otherwise it judges anew.
    """
    rules = guard_rules(passwords=passwords)
    return Gates(
        app,
        GATES,
        cdk_nag.AwsSolutionsChecks(app),
        cdk_nag.NIST80053R5Checks(app),
        TemplateRules(bundled=bundled, own=own),
        Validator(rules, verdicts) if verdicts else validator(rules),
    )


def guard_rules(*, passwords: bool) -> list[cdk.ValidationRuleSource]:
    """The rules of this project in cfn-guard's language, which see one template at a time."""
    names = [name for name in _FILES if not (passwords and name == _PASSWORDLESS)]
    return [cdk.ValidationRuleSource(name=name, content=(_GUARD / f"{name}.guard").read_text()) for name in names]
