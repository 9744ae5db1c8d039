"""The CDK's bootstrap of an environment. Its qualifier is in the names of the roles and the bucket that a deploy uses,
so environments with qualifiers of their own can share an account and region, and none can take another's roles."""

import hashlib
import re
from collections.abc import Iterator

from keyless_aurora.settings.allowed import written_as

_FORM = "[a-z0-9]{1,10}"
"""CDK's bootstrap template takes ten characters, and an S3 bucket is named after them."""
_OURS = "kl"


def default_qualifier(environment: str, app: str = "") -> str:
    """From the environment's name: as it is where it fits, otherwise a digest of it. With an app's name always a
    digest, since no two of both may come to the same."""
    own = f"{_OURS}{environment}"
    if not app and re.fullmatch(_FORM, own):
        return own
    return _OURS + hashlib.sha256("/".join(filter(None, (app, environment))).encode()).hexdigest()[:8]


def toolkit_stack(qualifier: str) -> str:
    """The name of the stack that `cdk bootstrap` makes."""
    return f"CDKToolkit-{qualifier}"


def bootstrap_problems(qualifier: str) -> Iterator[str]:
    yield from written_as("qualifier", qualifier, _FORM, "a qualifier, 1 to 10 small letters and digits, or empty")
