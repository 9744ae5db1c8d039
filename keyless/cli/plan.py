"""`keyless plan`: what `keyless sync` would do, by connecting to the databases or through a deployed function."""

import sys

from keyless.cli import sync
from keyless.cli.options import OfSpec
from keyless.cli.through_lambda import watch


def run(of: OfSpec, *, detailed_exitcode: bool, form: str, through_lambda: str | None) -> int:
    """The exit status; the changes go to stdout.

    Args:
        through_lambda: the environment whose function looks; None to connect.
    """
    if through_lambda is None:
        status, text = sync.planned(of, detailed_exitcode=detailed_exitcode, form=form)
    else:
        with watch(through_lambda) as asked:
            status, text = sync.planned(of, detailed_exitcode=detailed_exitcode, form=form, look=asked.plan)
    sys.stdout.write(text)
    return status
