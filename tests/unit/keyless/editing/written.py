"""A document as people write it: YAML in blocks and brackets with comments, quotes and line ends of any kind, or JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from db_access.spec import yaml_loader
from tests.properties.grants import Document


@dataclass(frozen=True)
class Written:
    text: str
    users: list[tuple[int, int]]
    """Where each user begins and ends: in a block with its lines, from the dash on."""
    suffix: str = ".yaml"
    in_block: bool = False

    @property
    def comments(self) -> list[str]:
        return re.findall(r"#c\d+;", self.text)

    def outside(self, index: int | None) -> list[str]:
        """Each other user's text, in order."""
        return [self.text[start:end].strip() for at, (start, end) in enumerate(self.users) if at != index]

    def comments_outside(self, index: int | None) -> list[str]:
        start, end = self.users[index] if index is not None else (0, 0)
        return re.findall(r"#c\d+;", self.text[:start] + "\n" + self.text[end:])


@st.composite
def written(draw: st.DrawFn, document: Document) -> Written:
    if draw(st.integers(0, 4)) == 0:
        return draw(_as_json(document))
    return _Writer(draw).whole(document)


@st.composite
def _as_json(draw: st.DrawFn, document: Document) -> Written:
    indent = draw(st.sampled_from([None, 2, 4, "\t"]))
    text = json.dumps(document, indent=indent, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return Written(text, [], ".json")


class _Writer:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._text = draw(st.sampled_from(["", "", "", "\ufeff"]))
        self._end = draw(st.sampled_from(["\n", "\r\n"]))
        self._comments = 0
        self._users: list[tuple[int, int]] = []

    def whole(self, document: Document) -> Written:
        fields = [*document.items()]
        in_block = self._draw(st.booleans())
        for field, value in self._draw(st.permutations(fields)):
            self._remarks(0)
            if field == "users" and value:
                (self._users_in_block if in_block else self._users_in_brackets)(value)
            else:
                self._line(f"{field}: {self._flow(value)}")
        self._remarks(0)
        if self._draw(st.booleans()):
            cut = len(self._text) - len(self._end) if self._text.endswith(self._end) else len(self._text)
            self._text = self._text[:cut]
            self._users = [(start, min(end, cut)) for start, end in self._users]
        return Written(self._text, self._users, in_block=in_block)

    def _line(self, text: str) -> None:
        self._text += text + self._remark() + self._end

    def _remark(self) -> str:
        if self._draw(st.integers(0, 2)):
            return ""
        self._comments += 1
        return f"  #c{self._comments}; - username: [x, {{"

    def _remarks(self, indent: int) -> None:
        """Lines with nothing but a comment, or nothing."""
        for _ in range(self._draw(st.integers(0, 2))):
            self._text += " " * indent + self._remark().strip() + self._end

    def _users_in_block(self, users: list[Document]) -> None:
        self._line("users:")
        indent = self._draw(st.sampled_from([0, 2, 4]))
        for user in users:
            self._remarks(self._draw(st.sampled_from([0, indent])))
            start = len(self._text)
            if self._draw(st.integers(0, 3)):
                self._block(user, indent)
            else:
                self._line(f"{' ' * indent}- {self._flow(user)}")
            self._users.append((start, len(self._text)))

    def _block(self, user: Document, indent: int) -> None:
        deeper = indent + self._draw(st.sampled_from([2, 4]))
        dash = f"{' ' * indent}-"
        begin = dash + " " * (deeper - len(dash))
        if self._draw(st.integers(0, 4)) == 0:
            self._line(dash)
            begin = " " * deeper
        for field, value in user.items():
            self._field(begin, field, value, deeper)
            begin = " " * deeper

    def _field(self, begin: str, field: str, value: Any, indent: int) -> None:
        if isinstance(value, list) and value and self._draw(st.booleans()):
            self._line(f"{begin}{field}:")
            for item in value:
                self._remarks(indent)
                self._line(f"{' ' * (indent + 2)}- {self._flow(item)}")
        elif isinstance(value, str) and re.fullmatch(r"[a-z]+[a-z ]*[a-z]", value) and self._draw(st.booleans()):
            self._text += f"{begin}{field}: {self._draw(st.sampled_from(['|-', '>-']))}{self._end}"
            self._text += f"{' ' * (indent + 2)}{value}{self._end}"
        else:
            self._line(f"{begin}{field}: {self._flow(value)}")

    def _users_in_brackets(self, users: list[Document]) -> None:
        apart = self._draw(st.booleans())
        self._text += "users: ["
        if apart:
            self._text += self._remark() + self._end
        for number, user in enumerate(users):
            last = number == len(users) - 1
            self._text += "  " if apart else ""
            start = len(self._text)
            self._text += self._flow(user)
            self._users.append((start, len(self._text)))
            self._text += "" if last and self._draw(st.booleans()) else "," if apart or last else ", "
            self._text += self._remark() + self._end if apart else ""
        self._line("]")

    def _flow(self, value: Any) -> str:
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{self._flow(key)}: {self._flow(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._flow, value)) + "]"
        return self._text_of(value) if isinstance(value, str) else json.dumps(value)

    def _text_of(self, value: str) -> str:
        forms = [
            json.dumps(value, ensure_ascii=max(map(ord, value), default=0) <= 0xFFFF and self._draw(st.booleans()))
        ]
        if "\n" not in value and "\t" not in value:
            forms.append("'" + value.replace("'", "''") + "'")
        if re.fullmatch(r"[A-Za-z][\w.]*", value, re.ASCII) and yaml_loader.load(f"[{value}]") == [value]:
            forms.append(value)
        return self._draw(st.sampled_from(forms))
