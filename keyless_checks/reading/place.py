"""The account and region of an environment, as its templates name them."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from keyless_checks.reading.templates import Templates

CODE = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}
"""What has code, and in which property."""
_BUCKET = re.compile(
    r"cdk-[a-z0-9]+-assets-(?P<account>\$\{AWS::AccountId\}|\d{12})-(?P<region>[a-z0-9-]+|\$\{AWS::Region\})"
)


@dataclass(frozen=True)
class Place:
    """As Templates.text writes them: `ACCOUNT` is that of whoever deploys."""

    account: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def place(templates: Templates) -> Place | None:
    """Where most of the code comes from: CDK's bootstrap bucket of the account and region. None without such code."""
    found = [place_of(r.props.get(CODE[r.type], {}).get("S3Bucket")) for r in templates.all(*CODE)]
    ((most, _),) = Counter(found).most_common(1) or [(None, 0)]
    return most


def place_of(bucket: Any) -> Place | None:
    """Whose bootstrap bucket that is; None when it is another one."""
    text = bucket.get("Fn::Sub") if isinstance(bucket, dict) else bucket
    match = _BUCKET.fullmatch(text) if isinstance(text, str) else None
    return match and Place(match["account"].replace("${AWS::AccountId}", "ACCOUNT"), match["region"])
