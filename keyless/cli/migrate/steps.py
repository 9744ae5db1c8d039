"""A step of a migration: look, hold what stands in its way, make it, look again, and report."""

import sys
from collections.abc import Sequence
from typing import Final

from db_access.spec import AccessSpec
from db_access.wording import one_line, quoted
from keyless import asking
from keyless.cli import confirmation
from keyless.cli.databases import chosen
from keyless.cli.migrate import obstacles
from keyless.cli.migrate.doing import Doing, Made, Step, Who
from keyless.cli.migrate.login import unseen
from keyless.cli.migrate.look import Looked, look
from keyless.cli.migrate.making import known, made, read
from keyless.cli.migrate.report import InTheWay, nothing, report
from keyless.cli.migrate.seen import Seen
from keyless.cli.options import OfSpec
from keyless.cli.status import DIFFERENT, FAILED, REFUSED
from keyless.migrate.phase import Migration, Phase

_QUESTION: Final = "Drop {} for good? There is no way back from here. [y/N] "
_UNATTENDED: Final = (
    "keyless: nothing was changed: to finish is for good, and there is no terminal to ask on; allowed: --yes"
)


def run(of: OfSpec, who: Who, step: Step, doing: Doing) -> int:
    """The exit status; the report goes to stdout.

    Raises:
        SpecError: with every problem of the spec, or of what it would be. The file is as it was.
    """
    migrations = who.migrations(read(of).document)
    spec, databases = chosen(known(of, migrations))
    if not migrations:
        return nothing(of, doing)
    before = look(spec, read(of).document, databases, migrations)
    if before.failed:
        return report(of, before, Made(status=FAILED), doing)
    if step is Step.STATUS:
        return report(of, before, Made(), doing)
    in_the_way: InTheWay = {one.migration: _obstacles(one, step, spec, doing) for one in before.seen}
    if step is Step.SWITCH and not any(in_the_way.values()):
        in_the_way = unseen(before.seen, spec, databases, doing)
    if any(in_the_way.values()):
        return _refused(of, before, step, in_the_way, doing)
    if step is Step.FINISH and not doing.dry_run and not _agreed(before.seen, doing):
        return REFUSED
    done = made(of, step, before.seen, doing)
    after = before if doing.dry_run else _again(of, migrations)
    return report(of, after, done, doing, step)


def _again(of: OfSpec, migrations: Sequence[Migration]) -> Looked:
    spec, databases = chosen(known(of, migrations))
    return look(spec, read(of).document, databases, migrations)


def _obstacles(seen: Seen, step: Step, spec: AccessSpec, doing: Doing) -> list[str]:
    match step:
        case Step.STATUS:
            return []
        case Step.START:
            return [*obstacles.of_start(seen, spec.managed_by)]
        case Step.SWITCH:
            return [*obstacles.of_switch(seen, doing.accept, end_sessions=doing.end_sessions)]
        case Step.FINISH:
            return [*obstacles.of_finish(seen)]
        case Step.BACK:
            return [*obstacles.of_back(seen, end_sessions=doing.end_sessions)]


def _refused(of: OfSpec, looked: Looked, step: Step, in_the_way: InTheWay, doing: Doing) -> int:
    report(of, looked, Made(), doing, in_the_way=in_the_way)
    print(f"keyless: {step.value} is not possible yet, and nothing was changed:", file=sys.stderr)
    for sentences in in_the_way.values():
        for sentence in sentences:
            print(f"  - {one_line(sentence)}", file=sys.stderr)
    return DIFFERENT


def _agreed(seen: Sequence[Seen], doing: Doing) -> bool:
    names = [quoted(one.migration.old) for one in seen if one.phase is Phase.SWITCHED]
    if doing.yes or not names:
        return True
    if not asking.attended():
        print(_UNATTENDED, file=sys.stderr)
        return False
    if confirmation.said_yes(_QUESTION.format(", ".join(names))):
        return True
    print("keyless: nothing was changed, because the answer was not yes", file=sys.stderr)
    return False
