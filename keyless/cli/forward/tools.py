"""What a forward takes on this machine."""

import shutil

from keyless.cli.forward.error import ForwardError

_TOOLS = {
    "aws": "the AWS command line, as `pip install awscli` or AWS's installer brings it",
    "session-manager-plugin": "AWS's Session Manager plugin for it (Systems Manager User Guide, Install the Session "
    "Manager plugin)",
}


def aws() -> str:
    """The path of the AWS command line. Raises ForwardError with everything that is missing."""
    missing = [f"{name}: {what}" for name, what in _TOOLS.items() if shutil.which(name) is None]
    if missing:
        raise ForwardError(f"--via ssm takes programs that are not installed, or not in PATH: {'; '.join(missing)}")
    return str(shutil.which("aws"))
