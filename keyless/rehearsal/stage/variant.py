"""Which database is deployed and how functions reach it. The default is what the environments deploy."""

from dataclasses import dataclass
from pathlib import Path

DATABASES = ("aurora", "instance")
PATTERNS = ("A", "B", "C")
USERS = ("iam", "password")
_PASSWORD_SPEC = Path(__file__).resolve().parents[3] / "config" / "examples" / "access-password.yaml"


@dataclass(frozen=True)
class Variant:
    """`users` is how the sample's users log in; empty is what the pattern is for."""

    database: str = "aurora"
    pattern: str = "A"
    users: str = ""

    @property
    def with_secrets(self) -> bool:
        return self.users == "password" or (not self.users and self.pattern == "B")

    @property
    def through_proxy(self) -> bool:
        return self.pattern in ("A", "B")

    @property
    def context(self) -> dict[str, str]:
        """For `cdk synth`, beside the environment's name. What the environments have anyway is left out."""
        chosen = {"database": self.database, "pattern": self.pattern} | (
            {"access": str(_PASSWORD_SPEC)} if self.with_secrets else {}
        )
        usual = {"database": "aurora", "pattern": "A"}
        return {key: value for key, value in chosen.items() if usual.get(key) != value}

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """What no line can show, because the stand-ins are where packets come through."""
        if not self.with_secrets:
            return ()
        path = "straight to the database, past the proxy" if self.through_proxy else "from elsewhere in the network"
        return (
            f"that the password is worth nothing {path}: only security groups forbid that, which are records here "
            "(the templates are tested for them)",
            "that Secrets Manager is reached through its VPC endpoint alone: the endpoint and its policy are "
            "records here",
        )
