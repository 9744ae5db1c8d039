import sys

from keyless.extras import needed

with needed("keyless.verify"):
    from keyless.verify.command import main

if __name__ == "__main__":
    sys.exit(main())
