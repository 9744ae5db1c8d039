"""Names that PostgreSQL and a spec take, and that careless code doesn't, dealt out so that no two clash."""

import random

_AWKWARD = [
    'quo"te', "apo'strophe", "semi;colon --", "per%cent %s", "brace {} {0}", "back\\slash", "do$$llar", "new  line",
    "select", "user", "CamelCase", "ÜNÏCÖDÉ", "名前", "🔑", "a.b", "a,b", "(x)", "=r/owner", "u=arwd/u", "sla/sh",
    "x" * 63, "é" * 31, "0", "-1", "[x]", "$user", '""', " lead and trail ", "e\u0301", "a.b.c", "*",
]  # fmt: skip


class Names:
    """Draws names: plain ones and awkward ones, never the same again, not even in another case."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._awkward, self._count = chance, chance.sample(_AWKWARD, len(_AWKWARD)), 0

    def draw(self, plain: str) -> str:
        self._count += 1
        if self._awkward and self._chance.random() < 0.4:
            return self._awkward.pop()
        return f"{plain}{self._count}"

    def several(self, plain: str, least: int, most: int) -> list[str]:
        return [self.draw(plain) for _ in range(self._chance.randint(least, most))]
