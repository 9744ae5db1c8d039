"""Where an environment's assembly may go: its own bootstrap, in one account and region."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "KeylessAurora"
_WHERE: Final = r"aws://(unknown-account|\d{12})/(unknown-region|[a-z]{2}(?:-[a-z]+)+-\d)"


def qualifier_of(environment: str) -> str:
    """The bootstrap's qualifier that an environment's name gives, as the settings derive it."""
    own = f"kl{environment}"
    return own if re.fullmatch("[a-z0-9]{1,10}", own) else "kl" + hashlib.sha256(environment.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Target:
    """`where`: of the first stack, aws://ACCOUNT/REGION, which has to be that of all."""

    environment: str
    qualifier: str
    where: str

    @classmethod
    def readable(cls, where: object) -> bool:
        return isinstance(where, str) and re.fullmatch(_WHERE, where) is not None

    @property
    def prefix(self) -> str:
        """What the names of its stacks begin with."""
        return f"{PREFIX}-{self.environment}-"

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
