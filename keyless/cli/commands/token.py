from typing import Final

from keyless.cli.commands.as_whom import As, Via, refuse_without_env
from keyless.cli.options import Env
from keyless.cli.running import reported

HELP: Final = """\
Write an IAM token for PGUSER at PGHOST, or for a deployed environment.

It is signed with the AWS credentials of the environment, asks nobody, and is a password for 15 minutes: in \
PGPASSWORD="$(keyless token)" psql, for example. sync, prove and the others sign their own.
"""
EPILOG: Final = """\
Exit status:
  0  the token is on stdout
  1  error: stderr says what is wrong
"""


def token(env: Env = None, user: As = None, via: Via = None) -> int:
    refuse_without_env(env, via)

    def run() -> int:
        from keyless.cli import token
        from keyless.cli.environment.chosen import place

        with place(env, user, via):
            return token.run()

    return reported(run)
