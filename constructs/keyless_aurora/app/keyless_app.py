"""What an app consists of: environments, one access spec, stacks of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from pathlib import Path

import aws_cdk as cdk

from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.source import Source
from keyless_aurora.access.on_mysql import refuse_untranslatable
from keyless_aurora.app import context
from keyless_aurora.functions import compiled
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError, together
from keyless_aurora.settings.names import Environments, by_name
from keyless_aurora.settings.targets import overlaps, refuse_shared
from keyless_aurora.stacks.deployment import Deployment, OwnStack, build
from keyless_checks import gates
from keyless_checks.reading.own import NOTHING, Own
from keyless_checks.verdict import Verdicts
from keyless_checks.witness import Gates


@dataclass(frozen=True)
class Composed:
    """What was put into a CDK app."""

    deployments: tuple[Deployment, ...]
    """Of each environment that was chosen."""
    gates: Gates


@dataclass(frozen=True)
class KeylessApp:
    """Context (`-c key=value`): environment=NAME (required; `all` is for synth), access=FILE (another access spec),
    bundle_for=host (bundles for this machine instead of Lambda); to try out another way to the database,
    pattern=A|B|C|D, database=aurora|instance|aurora-mysql|mysql|mariadb|sqlserver|oracle|db2 and users=password
    (secrets where the spec says tokens)."""

    declared: InitVar[Environments]
    """The environments, in the order of deploys."""
    access: Path
    """The access spec. Beside it, in `approved/`, is what was approved for each environment that asks for it."""
    stacks: Sequence[OwnStack] = ()
    """What makes the app's own stacks in each environment."""
    own: Own = NOTHING
    """What these stacks may have beside what the gates allow to all."""
    name: str = ""
    """In the names of all stacks and resources, so that apps can share an account. Another one makes everything anew,
    the database, too. Empty: the only app in its accounts."""

    environments: Mapping[str, Environment] = field(init=False)
    """By name."""

    def __post_init__(self, declared: Environments) -> None:
        """Raises SettingsError when two have one name, or an environment says that it is another app's."""
        named = by_name(declared)
        if self.name:
            named = {key: environment.of_app(self.name) for key, environment in named.items()}
        object.__setattr__(self, "environments", named)

    def compose(self, app: cdk.App, verdicts: Verdicts | None = None) -> Composed:
        """Put the stacks of the chosen environments into `app`, with the gates that a synth must pass. The CDK's own
        validator must not be in it: it is one of them.

        `verdicts`: as `gates.attach` takes it.

        Raises:
            UsageError, SharedTargetError, SettingsError, SpecError: what the operator did wrong.
        """
        refuse_shared(self.environments.values())
        environments = list(context.chosen(self.environments, app.node))
        file = Path(app.node.try_get_context("access") or self.access)
        spec = context.users(app.node, AccessSpec.load(file), environments)
        refuse_untranslatable(spec, (each.database.engine for each in environments), Source(file))
        platform = context.platform(app.node)
        built = tuple(self._built(app, environments, spec, platform))
        for each, deployment in zip(environments, built, strict=True):
            for said in overlaps(each, self.environments.values()):
                cdk.Annotations.of(deployment.network).add_info(said)
            if (uncompiled := compiled.missing(platform)) is not None:
                cdk.Annotations.of(deployment.access or deployment.database).add_info(uncompiled)
        passwords = any(user.auth_method == "password" for user in spec.users)
        masters = any(one.database.database.master_secret for one in built)
        attached = gates.attach(
            app, passwords=passwords or masters, bundled=platform == LAMBDA, own=self.own, verdicts=verdicts
        )
        return Composed(built, attached)

    def _built(
        self, app: cdk.App, environments: Sequence[Environment], spec: AccessSpec, platform: LambdaPlatform
    ) -> Iterator[Deployment]:
        """Raises SettingsError with what is wrong with each environment."""
        wrong: list[SettingsError] = []
        for each in environments:
            try:
                yield build(app, each, spec, platform, self.stacks, approved=self.approved(each))
            except SettingsError as error:
                wrong.append(error)
        if wrong:
            raise together(wrong)

    def approved(self, environment: Environment) -> Approved | None:
        """Where the environment needs an approval and there is one. Raises SpecError when it can't be read."""
        file = self.access.parent / "approved" / f"{environment.name}.json"
        return Approved.load(file) if environment.approval and file.exists() else None
