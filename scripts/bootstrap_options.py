"""`python -m scripts.bootstrap_options ENV`: the options of `cdk bootstrap` that give an environment roles of its own.
make runs it, with the source roots on PYTHONPATH."""

import sys

from keyless_aurora.settings.bootstrap import toolkit_stack
from stacks.environments import environment_named
from stacks.error import UnknownEnvironmentError


def main(name: str) -> int:
    try:
        qualifier = environment_named(name).bootstrap_qualifier
    except UnknownEnvironmentError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"--qualifier {qualifier} --toolkit-stack-name {toolkit_stack(qualifier)}")
    return 0


if __name__ == "__main__":
    sys.exit(main("".join(sys.argv[1:2])))
