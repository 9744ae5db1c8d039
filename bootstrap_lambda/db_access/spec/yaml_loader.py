"""Reads YAML: by libyaml where PyYAML has it, in a fifth of the time, and otherwise in Python, with the same answers.

What libyaml refuses is read again in Python, whose words and lines the messages have. A test holds the two against each
other. Import it only for a file in YAML: the Lambda has no PyYAML.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import yaml

from db_access.spec.unreadable import (
    DEEPEST,
    LONGEST_NUMBER,
    MOST,
    TOO_DEEP,
    TOO_MANY,
    NotValidError,
    too_deep,
    too_long,
)

if TYPE_CHECKING:
    from yaml import CSafeLoader as _Fastest
else:
    _Fastest = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # PyYAML may be without libyaml

_READ_OTHERWISE: Final = re.compile("[\t!?\x85\u2028\u2029\ufeff]|[|>][^ \n]*#")
"""What libyaml takes though Python's parser doesn't, or takes for something else: tabs between values, a tag without a
value, `?` in brackets, line ends of other alphabets, a comment right behind `|`."""

Read = TypeVar("Read")


_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = (
    "`<<`, which merges one mapping into another, is not taken here; allowed: the fields themselves, or an alias "
    "(`*name`) for a whole value"
)
_ODD: Final = frozenset({"set", "omap", "pairs", "binary"})
"""Tags of YAML's own that no spec has a use for."""
_SHOWN: Final = 40
"""Characters of a value in a message."""


class _Checked(yaml.constructor.SafeConstructor, yaml.resolver.Resolver):
    """Refuses what PyYAML takes: a key given twice, of which it has the last, and nesting until the stack ends, which
    in libyaml ends the process."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {
        tag: construct
        for tag, construct in yaml.constructor.SafeConstructor.yaml_constructors.items()
        if tag is None or tag.removeprefix(_TAG) not in _ODD
    }
    _depth = 0

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Called before each value is read, by both parsers."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotValidError(TOO_DEEP, _line(current_node))
        super().descend_resolver(current_node, current_index)

    def ascend_resolver(self) -> None:
        self._depth -= 1
        super().ascend_resolver()

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep)
        except NotValidError:
            raise
        except (ValueError, AttributeError, LookupError) as error:  # PyYAML takes it that a value is what its tag says
            raise NotValidError(_unfit(node), _line(node)) from error
        if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
            raise NotValidError(too_long(str(node.value)), _line(node))
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if (name := self._key(key)) in seen:
                raise NotValidError(f"key {key.value!r} is given twice; allowed: once", _line(key))
            seen.add(name)
        return super().construct_mapping(node, deep)

    def _key(self, node: yaml.Node) -> Any:
        if node.tag == f"{_TAG}merge":
            raise NotValidError(_MERGE, _line(node))
        if not isinstance(node, yaml.ScalarNode):
            raise NotValidError("a key that is itself a list or a mapping; allowed: text", _line(node))
        return self.construct_object(node)


class _Fast(_Checked, _Fastest):
    """By libyaml, if it is there."""


class _Plain(_Checked, yaml.SafeLoader):
    """In Python."""


def load(text: str) -> object:
    """The document.

    Raises:
        NotValidError: when a key is given twice or isn't text, a value isn't what it looks like, or values are nested
            without end.
        yaml.YAMLError, RecursionError: when it is no YAML, or has other values than YAML's own.
    """
    return _by_either(text, _document)


def compose(text: str) -> yaml.Node | None:
    """The document's nodes, which know their lines. Raises what `load` does."""
    return _by_either(text, _root)


def _by_either(text: str, read: Callable[[_Fast | _Plain], Read]) -> Read:
    if not _READ_OTHERWISE.search(text):
        with suppress(yaml.YAMLError, NotValidError, RecursionError):
            return read(_Fast(text))
    return read(_Plain(text))


def _document(loader: _Fast | _Plain) -> object:
    root = _root(loader)
    return None if root is None else loader.construct_document(root)


def _root(loader: _Fast | _Plain) -> yaml.Node | None:
    try:
        root: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    if found := too_deep(root, _inner):
        raise NotValidError(TOO_DEEP, min(_line(node) for node in found if node))
    if root is not None and _written_out(root, {}) > MOST:
        raise NotValidError(TOO_MANY, _line(root))
    return root


def _written_out(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values are in it once each alias stands for what it means."""
    if id(node) not in known:
        known[id(node)] = len(node.value) + sum(_written_out(inner, known) for inner in _inner(node))
    return known[id(node)]


def _inner(node: yaml.Node | None) -> Iterable[yaml.Node]:
    match node:
        case yaml.SequenceNode():
            return (item for item in node.value if not isinstance(item, yaml.ScalarNode))
        case yaml.MappingNode():
            return (each for pair in node.value for each in pair if not isinstance(each, yaml.ScalarNode))
        case _:
            return ()


def _unfit(node: yaml.Node) -> str:
    """What is wrong with a value that its tag doesn't fit, be it one that YAML gives it by its form."""
    value = str(node.value)
    if node.tag == f"{_TAG}timestamp" and value[:1].isdigit():
        return f"{value[:_SHOWN]!r} is a date that there isn't; allowed: one that there is, or text in quotes"
    if node.tag == f"{_TAG}int" and len(value) > _SHOWN:
        return too_long(value)
    return "a tag, `!!...`, that its value doesn't fit; allowed: plain values"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
