"""Compiled files (.pyc) beside a bundle's modules. A function can't write any, so without them each cold start compiles
every module that it imports.

Python doesn't compare them with their modules (PEP 552, unchecked-hash): a bundle is not edited, and all its files are
of one time. Whoever replaces a module in one removes its compiled file.
"""

import py_compile
import warnings
from collections.abc import Iterable
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform

NONE_MADE: Final = (
    "the functions' bundles have no compiled files (.pyc), so that each cold start takes about twice the time for its "
    "imports: they are for Python {target}, and another one runs this; `make setup PYTHON=python{target}` changes that"
)


def add(modules: Iterable[Path], within: Path, platform: LambdaPlatform) -> None:
    """Compile those of these files that are modules, where this Python is the platform's. One that can't be compiled
    stays as it is.

    Args:
        within: the folder that their names in the compiled files are relative to: where it was built is not in them.
    """
    if not platform.is_ours:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what others' modules are warned of is theirs
        for path in (path for path in modules if path.suffix == ".py"):
            py_compile.compile(
                str(path),
                dfile=str(path.relative_to(within)),
                optimize=0,  # as Lambda runs it, however this Python was started
                invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
                quiet=2,
            )


def missing(platform: LambdaPlatform) -> str | None:
    """What to say of bundles that are deployed without."""
    if platform != LAMBDA or platform.is_ours:
        return None
    return NONE_MADE.format(target=".".join(map(str, platform.python)))
