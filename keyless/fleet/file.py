"""Reads the file of a fleet, and says everything that is wrong with it, with file and line."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

from pydantic import ValidationError

from db_access.errors import SpecError
from db_access.spec.files.document import read_document
from db_access.spec.problems.structure import structural_problems
from db_access.spec.problems.unprintable import unprintable_problems
from db_access.spec.raw_document import RawDocument
from db_access.spec.source import Source as File
from keyless.fleet.cluster import Cluster, Endpoint, Source
from keyless.fleet.settings import Entry, FleetFile, Settings
from keyless_client.trust import region_of

_PORT = 5432


_NO_FILE: Final = "allowed: the file of a fleet, YAML or JSON, with its clusters (docs/fleet.md)"


class FleetError(SpecError):
    """The file of the fleet is wrong."""

    what: ClassVar[str] = "the fleet"


def load(path: Path) -> tuple[Cluster, ...]:
    """The clusters in the file's order.

    Raises:
        FleetError: with every problem. What is wrong with a spec that it names is that cluster's own.
    """
    try:
        root = read_document(path, allowed=_NO_FILE)
    except SpecError as error:
        raise FleetError(error.problems) from error
    document = RawDocument(root, File(path))
    return _clusters(_validated(root, document), document, path.parent)


def _validated(root: object, document: RawDocument) -> FleetFile:
    unprintable = [*unprintable_problems(document)]
    try:
        file = FleetFile.model_validate(root)
    except ValidationError as error:
        raise FleetError([*structural_problems(error, FleetFile, document), *unprintable]) from error
    if unprintable:
        raise FleetError(unprintable)
    return file


def _clusters(file: FleetFile, document: RawDocument, folder: Path) -> tuple[Cluster, ...]:
    entries = [_merged(file.defaults, entry) for entry in file.clusters]
    names = Counter(entry.name for entry in entries)
    problems = [
        f"{document.at(('clusters', number))}: {problem}"
        for number, entry in enumerate(entries)
        for problem in _problems(entry, file.clusters[number], names)
    ]
    if problems:
        raise FleetError(problems)
    return tuple(_cluster(entry, folder) for entry in entries)


def _merged(defaults: Settings, entry: Entry) -> Entry:
    said: dict[str, Any] = {name: getattr(defaults, name) for name in defaults.model_fields_set}
    own = {name: getattr(entry, name) for name in entry.model_fields_set}
    if own.get("environment") is not None:  # whose stacks say these
        said = {name: value for name, value in said.items() if name not in ("port", "user", "auth_method")}
    return entry.model_copy(update={**said, **own})


def _problems(entry: Entry, own: Entry, names: Counter[str]) -> Iterator[str]:
    """Of an entry with the defaults; `own` is what it says itself."""
    if names[entry.name] > 1:
        yield f"{names[entry.name]} clusters are named {entry.name!r}; allowed: a name of its own for each"
    if (entry.host is None) == (entry.environment is None):
        yield "where it is isn't said, or is said twice; allowed: `host` or `environment`"
    if entry.spec is None:
        yield "no access spec; allowed: `spec`, a file, here or in `defaults`"
    if entry.host is not None and entry.user is None:
        yield "nobody who logs in; allowed: `user`, here or in `defaults`"
    if entry.region is None and (entry.environment or (_by_iam(entry) and not region_of(entry.host or ""))):
        yield "no region, which its name doesn't have either; allowed: `region`, here or in `defaults`"
    if entry.environment and {"port", "auth_method"} & own.model_fields_set:
        yield "`port` and `auth_method` of an environment are what its stacks say; allowed: neither of them"
    if own.external_id is not None and entry.role_arn is None:
        yield "an `external_id` without a role; allowed: `role_arn` beside it"


def _by_iam(entry: Entry) -> bool:
    if entry.environment or entry.auth_method:
        return entry.auth_method != "password"
    return region_of(entry.host or "") is not None


def _cluster(entry: Entry, folder: Path) -> Cluster:
    by_iam, source = _by_iam(entry), _source(entry)
    return Cluster(
        name=entry.name,
        spec=folder / (entry.spec or ""),
        managed_by=entry.managed_by,
        databases=entry.databases,
        endpoint=_endpoint(entry),
        environment=entry.environment,
        user=entry.user,
        tunnel=_tunnel(entry.tunnel),
        master=entry.master,
        by_iam=by_iam,
        region=region_of(entry.host or "") or entry.region,
        source=source if by_iam or source != Source() else None,
        root_certificates=folder / entry.root_certificates if entry.root_certificates else None,
    )


def _source(entry: Entry) -> Source:
    return Source(entry.profile, entry.role_arn, entry.external_id if entry.role_arn else None)


def _endpoint(entry: Entry) -> Endpoint | None:
    if entry.host is None:
        return None
    return Endpoint(host=entry.host, port=entry.port or _PORT, user=entry.user or "")


def _tunnel(text: str | None) -> tuple[str, int] | None:
    address, _, port = (text or "").partition(":")
    return (address, int(port)) if port else None
