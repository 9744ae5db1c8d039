"""The `aws` command, held against botocore's models of the services.

What the AWS CLI adds to them is named here: its global options and the few commands of its own that the docs use (AWS
CLI Command Reference, version 2).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import botocore.session
import jmespath
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

from tests.docs.shell.commands import Command, placeholder
from tests.docs.shell.options import options

_GLOBAL = {"--output", "--query", "--region", "--profile", "--no-paginate", "--no-cli-pager", "--cli-binary-format"}
VERSION_2 = {"--cli-binary-format", "--no-cli-pager"}
"""Options that version 1 of the AWS CLI doesn't have."""
_OWN: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("rds", "generate-db-auth-token"): ({"--hostname", "--port", "--username"}, set()),
    ("logs", "tail"): (set(), {"--since", "--follow", "--filter-pattern", "--format"}),
}
"""Commands of the CLI itself: what they need, and what else they take."""
_SESSION = botocore.session.get_session()


def problems(command: Command) -> Iterator[str]:
    """A sentence for each thing that the AWS CLI would refuse."""
    service, name, *rest = (*command.words[1:], "", "")
    if not name or placeholder(name):
        return
    try:
        yield from _of_service(command, service, name, [word for word in rest if word])
    except UnknownServiceError:
        yield f"AWS has no service {service!r}"


def _of_service(command: Command, service: str, name: str, rest: Sequence[str]) -> Iterator[str]:
    if own := _OWN.get((service, name)):
        yield from _of_own(own, rest, command.whole)
    elif name == "wait":
        yield from _of_waiter(command, service, rest)
    elif operation := _operations(service).get(name):
        yield from _of_operation(operation, rest, command.whole)
    else:
        yield f"{service} has no command {name!r}"


def _of_own(own: tuple[set[str], set[str]], rest: Sequence[str], whole: bool) -> Iterator[str]:
    needed, more = own
    given = {option for option, _ in options(rest) if option}
    yield from (f"there is no option {option}" for option in sorted(given - needed - more - _GLOBAL))
    yield from (f"{option} is missing" for option in sorted(needed - given) if whole)


def _of_waiter(command: Command, service: str, rest: Sequence[str]) -> Iterator[str]:
    waiters = {xform_name(waiter, "-"): waiter for waiter in _SESSION.get_waiter_model(service).waiter_names}
    if not rest or rest[0] not in waiters:
        yield f"{service} has no waiter {' '.join(rest[:1])!r}"
        return
    operation = _SESSION.get_waiter_model(service).get_waiter(waiters[rest[0]]).operation
    yield from _of_operation(_model(service).operation_model(operation), rest[1:], command.whole)


def _of_operation(operation: OperationModel, rest: Sequence[str], whole: bool) -> Iterator[str]:
    members = dict(operation.input_shape.members) if operation.input_shape else {}
    known = {f"--{xform_name(name, '-')}": name for name in members}
    given = dict(options(rest))
    files = [*given.pop(""), *_behind_one_value(given, known, members)]
    if len(files) > operation.has_streaming_output:
        yield f"{files[-1]} belongs to no option"
    if whole and len(files) < operation.has_streaming_output:
        yield "the file for the answer is missing"
    for option, values in given.items():
        yield from _of_option(operation, option, values, known, members)
    required = operation.input_shape.required_members if operation.input_shape else []
    if whole:
        said = {option.replace("--no-", "--", 1) for option in given}
        yield from (f"{option} is missing" for option, name in known.items() if name in required and option not in said)


def _behind_one_value(
    given: dict[str, tuple[str, ...]], known: dict[str, str], members: dict[str, Shape]
) -> Iterator[str]:
    """Words behind an option that takes one value, or none."""
    for option, values in given.items():
        shape = members[known[option]] if option in known else None
        if not isinstance(shape, ListShape):
            yield from values[0 if option.startswith("--no-") or (shape and shape.type_name == "boolean") else 1 :]


def _of_option(
    operation: OperationModel, option: str, values: Sequence[str], known: dict[str, str], members: dict[str, Shape]
) -> Iterator[str]:
    if option == "--query":
        yield from _of_query(operation, values[0])
    elif name := known.get(option) or known.get(option.replace("--no-", "--", 1)):
        if option not in known and members[name].type_name != "boolean":
            yield f"there is no option {option}"
        yield from _of_values(option, members[name], values)
    elif option not in _GLOBAL:
        yield f"there is no option {option}"


def _of_values(option: str, shape: Shape, values: Sequence[str]) -> Iterator[str]:
    enum = getattr(shape, "enum", [])
    item = shape.member if isinstance(shape, ListShape) else shape
    for value in values:
        if placeholder(value) or shape.type_name == "blob":
            continue
        if enum and value not in enum:
            yield f"{option} takes no {value!r}; allowed: {', '.join(enum)}"
        elif shape.type_name in ("integer", "long") and not value.isdecimal():
            yield f"{option} takes a number, not {value!r}"
        elif isinstance(item, StructureShape) and not value.startswith(("{", "[")):
            keys = {part.partition("=")[0] for part in value.split(",") if "=" in part}
            yield from (f"{option} has no field {key!r}" for key in sorted(keys - set(item.members)))


def _of_query(operation: OperationModel, query: str) -> Iterator[str]:
    answer = _sample(operation.output_shape) if operation.output_shape else {}
    if _empty(jmespath.search(query, answer)):
        yield f"--query {query!r} finds nothing in the answer of {operation.name}"


def _empty(found: Any) -> bool:
    return found is None or found == [] or (isinstance(found, list) and any(_empty(item) for item in found))


def _sample(shape: Shape, depth: int = 6) -> Any:
    """An answer with something in every field."""
    if depth == 0:
        return None
    if isinstance(shape, StructureShape):
        return {name: _sample(member, depth - 1) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [_sample(shape.member, depth - 1)]
    return {"boolean": True, "integer": 1, "long": 1, "map": {}}.get(shape.type_name, "x")


@cache
def _model(service: str) -> ServiceModel:
    return _SESSION.get_service_model(service)


@cache
def _operations(service: str) -> dict[str, OperationModel]:
    model = _model(service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}
