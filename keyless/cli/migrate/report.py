"""What a step has found and done, put out; and its exit status."""

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from db_access.spec.source import shown
from db_access.wording import json_text, one_line, visible
from keyless.cli.migrate.doing import Doing, Made, Step
from keyless.cli.migrate.look import Looked
from keyless.cli.migrate.seen import Seen
from keyless.cli.migrate.shown import as_text, as_values
from keyless.cli.options import OfSpec
from keyless.cli.status import DIFFERENT, DONE, FAILED
from keyless.migrate.phase import Migration

InTheWay = Mapping[Migration, Sequence[str]]
"""Of the step."""


def report(
    of: OfSpec,
    looked: Looked,
    done: Made,
    doing: Doing,
    step: Step | None = None,
    in_the_way: InTheWay | None = None,
) -> int:
    if doing.as_json:
        sys.stdout.write(json_text(_values(of, looked, done, doing, in_the_way or {})) + "\n")
    else:
        sys.stdout.write(done.sync + visible(as_text(looked.seen, doing.accept)))
    if done.status != DONE or looked.failed:
        return done.status or FAILED
    unequal = step is Step.START and any(_unequal(one, doing.accept) for one in looked.seen)
    return DIFFERENT if unequal else DONE


def _unequal(seen: Seen, accepted: Collection[str]) -> bool:
    return any(not point.accepted(accepted) for point in seen.everywhere)


def _values(of: OfSpec, looked: Looked, done: Made, doing: Doing, in_the_way: InTheWay) -> dict[str, Any]:
    found = [as_values(one, doing.accept, in_the_way.get(one.migration, ())) for one in looked.seen]
    synced = {"sync": json.loads(done.sync) if done.sync else None} if doing.sync else {}
    return {
        "file": str(shown(of.config)),
        "changed": done.changed,
        "diff": done.diff,
        "migrations": found,
        "failed": looked.failed,
        **synced,
    }


def nothing(of: OfSpec, doing: Doing) -> int:
    if doing.as_json:
        sys.stdout.write(json_text(_values(of, Looked(()), Made(), doing, {})) + "\n")
    else:
        print(f"{one_line(str(shown(of.config)))}: no user has a password: there is nothing to migrate")
    return DONE
