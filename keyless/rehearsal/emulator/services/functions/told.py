"""What a function's process says of an error, in Lambda's own words and types (bootstrap.py of
aws-lambda-python-runtime-interface-client). Put in front of ministack's script for such a process: it may use nothing
but the standard library.
"""

import json
import traceback


class MarshalError(Exception):
    """What the handler returned is not JSON."""


def told(error: BaseException) -> str:
    """Of an error of the handler's."""
    if isinstance(error, MarshalError):
        return _written("Runtime.MarshalError", str(error))
    return _written(type(error).__name__, str(error), error)


def told_of_start(error: BaseException, module: str, handler: str) -> str:
    """Of an error when the handler was looked for."""
    if isinstance(error, ImportError):
        return _written("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}")
    if isinstance(error, SyntaxError):
        return _written("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}")
    if isinstance(error, AttributeError) and str(error) == f"module '{module}' has no attribute '{handler}'":
        return _written("Runtime.HandlerNotFound", f"Handler '{handler}' missing on module '{module}'")
    return _written(type(error).__name__, str(error), error)


def answer(returned: object) -> object:
    """What the handler returned. Raises MarshalError."""
    try:
        json.dumps(returned)
    except (TypeError, ValueError) as error:
        raise MarshalError(f"Unable to marshal response: {error}") from error
    return returned


def _written(kind: str, message: str, error: "BaseException | None" = None) -> str:
    frames = traceback.extract_tb(error.__traceback__)[1:] if error else []
    return json.dumps({"errorType": kind, "errorMessage": message, "stackTrace": traceback.format_list(frames)})
