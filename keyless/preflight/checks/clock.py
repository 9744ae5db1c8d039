"""Is this machine's clock right? AWS refuses requests that were signed more than five minutes ago or ahead, and a
database token lives for 15 minutes of AWS's clock.

Source: IAM User Guide, "Elements of an AWS API request signature"; Aurora User Guide, "IAM database authentication".
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from keyless.preflight.finding import Problem

_ALLOWED: Final = timedelta(minutes=5)


def clock(sts: Any) -> Iterator[Problem]:
    """Compares with the Date header of AWS's answer, which may be a refusal: `sts` needs no credentials."""
    try:
        theirs = _date(sts)
    except BotoCoreError as error:
        yield Problem.unknown(f"AWS's clock can't be read: {error}")
        return
    if theirs is None:
        yield Problem.unknown("AWS's answer has no date")
    elif abs(off := datetime.now(UTC) - theirs) > _ALLOWED:
        side = "ahead of" if off > timedelta(0) else "behind"
        yield Problem(
            f"this machine's clock is {abs(off).total_seconds() / 60:.0f} minutes {side} AWS's; allowed: 5",
            ("sudo timedatectl set-ntp true",),
        )


def _date(sts: Any) -> datetime | None:
    try:
        answer = sts.get_caller_identity()
    except ClientError as error:
        answer = error.response
    header = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    return parsedate_to_datetime(header) if header else None
