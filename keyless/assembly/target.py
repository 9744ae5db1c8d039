"""Where an environment's assembly may go: its own bootstrap, in one account and region."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

_APPS: Final = "KeylessAurora"
_WHERE: Final = r"aws://(unknown-account|\d{12})/(unknown-region|[a-z]{2}(?:-[a-z]+)+-\d)"


def qualifier_of(environment: str, app: str = "") -> str:
    """The bootstrap's qualifier that the names of an environment and its app give, as the settings derive it."""
    own = f"kl{environment}"
    if not app and re.fullmatch("[a-z0-9]{1,10}", own):
        return own
    return "kl" + hashlib.sha256("/".join(filter(None, (app, environment))).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Target:
    """`where`: of the first stack, aws://ACCOUNT/REGION, which has to be that of all. `app`: the app's name, if any."""

    environment: str
    qualifier: str
    where: str
    app: str = ""

    @classmethod
    def readable(cls, where: object) -> bool:
        return isinstance(where, str) and re.fullmatch(_WHERE, where) is not None

    @property
    def prefix(self) -> str:
        """What the names of its stacks begin with."""
        return f"{self.app}-{_APPS}-{self.environment}-".removeprefix("-")

    @property
    def region(self) -> str:
        region = self.where.rpartition("/")[2]
        return "${AWS::Region}" if region == "unknown-region" else region

    @property
    def account(self) -> str:
        account = self.where.split("/")[2]
        return "${AWS::AccountId}" if account == "unknown-account" else account

    @property
    def bucket(self) -> str:
        return f"cdk-{self.qualifier}-assets-{self.account}-{self.region}"

    @property
    def version_parameter(self) -> str:
        return f"/cdk-bootstrap/{self.qualifier}/version"

    def role(self, kind: str) -> str:
        name = f"cdk-{self.qualifier}-{kind}-role-{self.account}-{self.region}"
        return f"arn:${{AWS::Partition}}:iam::{self.account}:role/{name}"
