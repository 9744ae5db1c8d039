"""What Python itself finds wrong with an app's own files: a misspelt name, a line that isn't Python. A sentence, since
whoever edits settings needn't read the library's frames. Any other error is a fault, and keeps its traceback."""

import builtins
import difflib
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Final

MISTAKES: Final = (AttributeError, ImportError, NameError, SyntaxError)
_CANT: Final = re.compile(r"cannot import name '(\w+)'")
_INSTALLED: Final = "site-packages"


def sentence(error: BaseException, app: Path) -> str | None:
    """The file and line, what is wrong there, and what was probably meant.

    Args:
        error: one of `MISTAKES`.
        app: the folder whose files are the app's own.

    Returns:
        None when it comes from somewhere else, such as a library that the file calls.
    """
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
        return _at(Path(error.filename or ""), error.lineno or 0, app, f"is not valid Python: {error.msg}: {line}")
    frame, number = _own(error.__traceback__, app)
    if frame is None:
        return None
    return _at(Path(frame.f_code.co_filename), number, app, _said(error, frame))


def _at(file: Path, line: int, app: Path, said: str) -> str | None:
    return f"{file.relative_to(app)}:{line}: {said}" if file.is_relative_to(app) else None


def _own(trace: TracebackType | None, app: Path) -> tuple[FrameType | None, int]:
    """The last frame and line, if it is the app's, past those by which Python looks names up."""
    for frame, line in reversed([*walk_tb(trace)]):
        file = frame.f_code.co_filename
        if not (frame.f_code.co_name == "__getattr__" or file.startswith("<frozen importlib")):
            own = Path(file).is_relative_to(app) and _INSTALLED not in Path(file).parts
            return (frame, line) if own else (None, 0)
    return None, 0


def _said(error: BaseException, frame: FrameType) -> str:
    match error:
        case AttributeError(name=str(name), obj=owner):
            return f"{_called(owner)} has no {name!r}{_meant(name, dir(owner))}"
        case ModuleNotFoundError(name=str(name)):
            beside = [file.stem for file in Path(frame.f_code.co_filename).parent.glob("*.py")]
            return f"there is no module {name!r}{_meant(name, beside)}"
        case ImportError(name=str(module)) if found := _CANT.match(str(error)):
            return f"{module} has no {found[1]!r}{_meant(found[1], dir(sys.modules.get(module)))}"
        case NameError(name=str(name)):
            return f"the name {name!r} is not defined{_meant(name, [*frame.f_globals, *dir(builtins)])}"
    return str(error)


def _called(owner: object) -> str:
    return str(getattr(owner, "__name__", None) or f"a {type(owner).__name__}")


def _meant(name: str, there: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, [each for each in there if not each.startswith("_")], n=1)
    return f"; did you mean {close[0]}?" if close else "; allowed: a name that is there"
