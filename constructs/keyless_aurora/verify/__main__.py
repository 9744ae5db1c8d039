"""`python -m keyless_aurora.verify`, which `cdk` runs. Context: plan=FILE (required), bundle_for=host."""

import sys
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from keyless_aurora.app import context
from keyless_aurora.app.synthesis import OutputError, new_app, synthesize
from keyless_aurora.verify.plan import Plan
from keyless_aurora.verify.stack import VerifyStack
from keyless_checks.judged import PACKS, VALIDATOR, NotJudgedError
from keyless_checks.witness import Gates


def main() -> int:
    try:
        app = new_app()
        VerifyStack(app, Plan.read(Path(app.node.get_context("plan"))), context.platform(app.node))
        packs = cdk_nag.AwsSolutionsChecks(app), cdk_nag.NIST80053R5Checks(app)
        synthesize(app, Gates(app, (*PACKS, VALIDATOR), *packs, cdk.CloudFormationValidatePlugin()))
    except (OutputError, NotJudgedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
