"""What no line can show of this deployment, and why."""

from collections.abc import Iterator

from keyless.rehearsal.lines.logins.caller import callers
from keyless.rehearsal.stage.running import Stage


def unmeasured(stage: Stage) -> Iterator[str]:
    """A sentence for each."""
    if stage.deployed.has_proxy and stage.deployed.readers:
        yield "that the endpoint for readers only reads: one server stands in for all of them"
    yield from _of_secrets(stage)
    if stage.family == "mysql":
        yield from _of_mysql(stage)
    running = {each.user for each in stage.deployed.logging_in}
    users = [user.username for user in stage.deployed.spec.users if user.logs_in and user.username not in running]
    if users:
        shown = ", ".join(users[:5]) + (f" and {len(users) - 5:,} more" if len(users) > 5 else "")
        yield f"logins as {shown}, as whom nothing runs here; what they may do was tried past IAM"


def _of_mysql(stage: Stage) -> Iterator[str]:
    label = stage.mysql.kind
    if stage.deployed.has_proxy:
        yield "what would pin sessions at the proxy, whose stand-in for MySQL and MariaDB looks at no statement"
    engine = stage.deployed.database.engine
    yield f"what {engine} itself does: {label.name} {label.series} stands in for it"


def _of_secrets(stage: Stage) -> Iterator[str]:
    """The stand-ins are where packets come through."""
    with_secrets = [caller for caller in callers(stage) if caller.client.secret]
    if not with_secrets:
        return
    through_proxy = any(caller.through_proxy for caller in with_secrets)
    path = "straight to the database, past the proxy" if through_proxy else "from elsewhere in the network"
    yield (
        f"that the password is worth nothing {path}: only security groups forbid that, which are records here "
        "(the templates are tested for them)"
    )
    yield "that Secrets Manager is reached through its VPC endpoint alone: the endpoint and its policy are records here"
