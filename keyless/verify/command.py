"""`keyless verify`: is what is deployed on the account as the rehearsal showed it?

Deploys probes beside the app, asks them, removes them. The exit status: 0 every line is as expected; 1 one isn't; 2
nothing could be measured; 3 nobody said yes; 4 it was measured, and the probes could not be removed.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from db_access.errors import AccessError
from db_access.spec import AccessSpec
from db_access.spec.deployed import digest
from keyless.ending import INTERRUPTED, orderly, tell
from keyless.preflight.account.identity import CredentialsError
from keyless.rehearsal.app_folder import AppError as NoAppError
from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.tools import CdkError
from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.own_lines.reading import RehearsalFileError
from keyless.rehearsal.servers.postgres import PostgresError
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from keyless.verify.account import clients_of
from keyless.verify.arguments import agreed, parse
from keyless.verify.changes.giving import NotTakenBackError
from keyless.verify.changes.plan import Changes
from keyless.verify.comparing import ForeignError, differences, read_both
from keyless.verify.deployed import Deployed, NotDeployedError
from keyless.verify.evidence import EvidenceError
from keyless.verify.left import NotAllowedError, refuse_protected, refuse_second, remove_left
from keyless.verify.places import AppError, place
from keyless.verify.probes import ProbeError
from keyless.verify.rehearsed import RehearsedToolkit, addresses
from keyless.verify.removal import LeftError
from keyless.verify.run import verify
from keyless.verify.showing import DIFFERENT, show, status
from keyless.verify.statement import statement
from keyless.verify.toolkit import AccountToolkit, ToolkitError

NOTHING, REFUSED, LEFT = 2, 3, 4


_ERRORS = (
    AccessError,
    AppError,
    BotoCoreError,
    CdkError,
    ClientError,
    CloudError,
    EvidenceError,
    ForeignError,
    NoAppError,
    NotAllowedError,
    NotDeployedError,
    NotTakenBackError,
    PostgresError,
    ProbeError,
    RehearsalFileError,
    ToolkitError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments, __doc__)
    try:
        with orderly():
            return _run(options)
    except LeftError as error:
        _tell(error, str(error))
        return LEFT
    except CredentialsError as error:
        _tell(error, "\n    ".join([f"{error}; allowed:", *error.remedies]))
        return NOTHING
    except _ERRORS as error:
        _tell(error, str(error))
        return NOTHING
    except KeyboardInterrupt as error:
        _tell(error, "interrupted; what was deployed is removed, unless it says here that it is left")
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    if options.compare:
        return _compare(*options.compare)
    with tempfile.TemporaryDirectory(prefix="keyless-verify-") as folder:
        return (_rehearsed if options.rehearsed else _on_account)(options, Path(folder))


def _tell(error: BaseException, sentence: str) -> None:
    """And what came on top of it."""
    for line in (sentence, *getattr(error, "__notes__", ())):
        tell(f"keyless verify: {line}")


def _on_account(options: argparse.Namespace, folder: Path) -> int:
    app = AppFolder.find(options.app)
    where = place(app.path, options.environment)
    if options.changes:
        refuse_protected(where)
    clients = clients_of(where)
    if options.remove:
        remove_left(clients, where, tell)
        return 0
    refuse_second(clients, where)
    toolkit = AccountToolkit(app, folder, where.stack, tell)
    deployed = Deployed.read(clients, where.prefix)
    spec = spec_of(options.config, deployed)
    changes = Changes.planned(options.changes, clients, deployed, spec, app.path)
    print("\n".join(statement(where, deployed, spec, changes)), file=sys.stderr)
    if not (options.yes or agreed()):
        return REFUSED
    told = partial(show, file=options.json, rehearsed=False)
    found = verify(toolkit, clients, deployed, where, spec, folder=folder, changes=changes, progress=tell, told=told)
    return status(found)


def _rehearsed(options: argparse.Namespace, folder: Path) -> int:
    app = AppFolder.find(options.app)
    where = place(app.path, options.environment)
    with Stage(app, options.environment, tell, Variant.chosen(options)) as stage:
        if stage.family != "postgresql":
            raise NotAllowedError(f"{stage.deployed.database.engine} can't be measured; allowed: engines of PostgreSQL")
        clients, toolkit = stage.cloud.client, RehearsedToolkit(app, stage.cloud, folder, tell)
        deployed = Deployed.read(clients, where.prefix)
        spec = stage.deployed.spec  # which the app has made for the variant
        changes = Changes.planned(options.changes, clients, deployed, spec, app.path)
        found = verify(
            toolkit,
            clients,
            deployed,
            where,
            spec,
            folder=folder,
            address=addresses(stage),
            changes=changes,
            progress=tell,
            told=partial(show, file=options.json, rehearsed=True),
        )
    return status(found)


def spec_of(config: Path, deployed: Deployed) -> AccessSpec:
    """Raises NotDeployedError when another spec is deployed."""
    spec = AccessSpec.load(config).named(f"{deployed.prefix}-access")
    if digest(spec.as_properties()) != deployed.spec_digest:
        raise NotDeployedError(
            f"{config} is not the access spec that is deployed as {deployed.prefix}; allowed: the one that is, or a "
            "deploy first"
        )
    return spec


def _compare(one: Path, other: Path) -> int:
    found = list(differences(*read_both(one, other)))
    print("\n".join(found) or "no difference")
    return DIFFERENT if found else 0
