"""Names that a spec and both servers take, and that careless code doesn't."""

import random
from collections.abc import Iterable
from typing import Final

_HOSTILE: Final = (
    *("a_b", "a%b", "a'b", 'a"b', "a`b", "a\\b", "a\\_b", "a\\", "a--b", "a;b #", "a b", " lead", "a.b", "a@b", "a/*b"),
    *(
        "'@'%",
        "admin'@'%",
        "`a`@`%`",
        "%",
        "_",
        "__",
        "%s %(x)s",
        "{0}",
        "ä",
        "Straße",
        "a,b",
        "(x)",
        "x" * 32,
        "ÿ" * 31,
    ),
    *("select", "user", "all", "role", "current_user", "default", "CURRENT_ROLE", "localhost", "event_scheduler"),
    *("Keyless", "keyless", "keyless-", "Admin", "ADMIN", "orders", "SUPER", "0", "-1", "1e1", "null"),
)
"""Of at most 32 characters, which an IAM policy can name."""
_WIDER: Final = ("名前", "\u017f", "İ", "a*b", "a?b", "$user", "K", "e\u0301")
"""Which none can, or which folding changes."""
_OF_SCHEMAS: Final = (
    "my_app",
    "my%app",
    "Foo",
    "foo",
    "a/b",
    "test",
    "mysql_",
    "sys_",
    "a~b",
    "#a",
    "../x",
    "con",
    "*",
)
_OF_COLUMNS: Final = ("ID", "key", "a`b", "a'b", 'a"b', "a%b", "a_b", "ä", "a.b", "*", "(v)", "SELECT")


def users(rng: random.Random, count: int) -> list[str]:
    """Names of roles, no two of which differ only in case."""
    found = _some(rng, (*_HOSTILE, *_HOSTILE, *_WIDER), count + 2, folded=True)
    return [name for name in found if not (name.startswith("'") and name.endswith("'") and len(name) > 1)][:count]


def schemas(rng: random.Random, count: int) -> list[str]:
    """Also such as differ only in case."""
    found = _some(rng, (*(each for each in _HOSTILE), *_OF_SCHEMAS, *_OF_SCHEMAS), count)
    if rng.random() < 0.3 and (other := found[0].swapcase()) not in found and len(other) == len(found[0]):
        found[-1] = other
    return found


def tables(rng: random.Random) -> list[str]:
    """Two, and none that stands in another's place in SQL."""
    return _some(rng, [name for name in (*_HOSTILE, *_OF_SCHEMAS) if "/" not in name or name == "a/b"], 2, folded=True)


def column(rng: random.Random) -> str:
    return rng.choice([name for name in _OF_COLUMNS if name != "ID"])


def looking_alike(names: Iterable[str]) -> list[str]:
    """What each would stand for too, were it read as a pattern; and without what escapes."""
    found = [name.replace("_", "x").replace("%", "xx").replace("\\", "") for name in names]
    return [name for name in dict.fromkeys(found) if name and name not in names][:2]


def iam_can_name(name: str) -> bool:
    return not set(name) & set("*?$") and all(letter <= "\u00ff" and letter.isprintable() for letter in name)


def _some(rng: random.Random, of: Iterable[str], count: int, *, folded: bool = False) -> list[str]:
    found: dict[str, str] = {}
    pool = list(of)
    while len(found) < count:
        name = rng.choice(pool) if rng.random() < 0.8 else _any(rng)
        found.setdefault(name.lower() if folded else name, name)
    return list(found.values())


def _any(rng: random.Random) -> str:
    """Of few letters, so that many are nearly the same."""
    return "".join(rng.choices("aA_%\\'`\"é", k=rng.randint(1, 6)))
