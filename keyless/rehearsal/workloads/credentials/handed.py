"""A role's session as both endpoints write it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from keyless.rehearsal.emulator.cloud import CloudError, RoleSession
from keyless.rehearsal.workloads.credentials.loopback import Answer

Session = Callable[[], RoleSession]
"""A new one of the role. Raises CloudError when the role can't be had."""
_LIFE: Final = timedelta(hours=1)
"""As long as they say; they live longer."""


def document(session: Session, more: Mapping[str, str]) -> Answer:
    """Credentials, or why there are none."""
    try:
        made = session()
    except CloudError as error:
        return Answer(500, json.dumps({"code": "AssumeRoleUnauthorizedAccess", "message": str(error)}).encode())
    fields = {
        **more,
        "AccessKeyId": made.access_key_id,
        "SecretAccessKey": made.secret_access_key,
        "Token": made.session_token,
        "Expiration": f"{datetime.now(UTC) + _LIFE:%Y-%m-%dT%H:%M:%SZ}",
    }
    return Answer(200, json.dumps(fields).encode(), "application/json")
