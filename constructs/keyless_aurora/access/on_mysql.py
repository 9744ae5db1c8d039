"""What a spec says and the MySQL family has no word for: found before anything is built, as the engine finds it before
it connects."""

from collections.abc import Iterable

from db_access.errors import SpecError
from db_access.mysql.state import Flavor
from db_access.mysql.translation import refusals, too_long
from db_access.spec import AccessSpec
from db_access.spec.source import Source
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import MARIADB, Engine


def refuse_untranslatable(spec: AccessSpec, engines: Iterable[Engine], source: Source | None = None) -> None:
    """Raises SpecError with all of it, each once. `source`: the file that the spec is from."""
    flavors = dict.fromkeys(_flavor(engine) for engine in engines if engine.family is Family.MYSQL)
    found = [*refusals(spec, source)] if flavors else []
    found += [problem for flavor in flavors for problem in too_long(spec, flavor, source)]
    if found:
        raise SpecError(found)


def _flavor(engine: Engine) -> Flavor:
    return Flavor.MARIADB if engine.id == MARIADB.id else Flavor.MYSQL
