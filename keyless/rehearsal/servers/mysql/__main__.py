"""`python -m keyless.rehearsal.servers.mysql`: makes the servers ready, which the first use of one does as well."""

import sys

from keyless.rehearsal.servers.mysql.errors import UnavailableError
from keyless.rehearsal.servers.mysql.installing.install import installed
from keyless.rehearsal.servers.mysql.kinds import KINDS


def main() -> int:
    try:
        for kind in KINDS:
            installed(kind)
    except UnavailableError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
