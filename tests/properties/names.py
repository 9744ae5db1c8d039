"""Names that PostgreSQL and a spec take, and that careless code doesn't."""

from hypothesis import strategies as st

from db_access.spec.letters import seen
from db_access.spec.model.names import identifier, role_name

_HOSTILE = [
    'quo"te',
    "apo'strophe",
    "semi;colon --",
    "per%cent %s %(x)s",
    "brace {} {0} {x}",
    "back\\slash",
    "do$$llar",
    " lead and trail ",
    "select",
    "user",
    "table",
    "all",
    "current_user",
    "session_user",
    "default",
    "null",
    "true",
    "CamelCase",
    "ÜNÏCÖDÉ",
    "名前",
    "🔑",
    "a.b",
    "a,b",
    "(x)",
    "{a,b}",
    "=r/owner",
    "u=arwd/u",
    "*",
    "e\u0301",
    "x" * 63,
    "é" * 31,
    "0",
    "-1",
    "public.t",
    "[managed by x]",
    "$user",
    '""',
    "NaN",
    "öwner",
]
PRINTABLE = st.characters(exclude_categories=["C", "Zl", "Zp"]).filter(seen)


def _accepted(rule: object) -> st.SearchStrategy[str]:
    def allowed(name: str) -> bool:
        try:
            return callable(rule) and rule(name) == name
        except ValueError:
            return False

    return st.one_of(st.sampled_from(_HOSTILE), st.text(PRINTABLE, min_size=1, max_size=20)).filter(allowed)


ROLES = _accepted(role_name).filter(lambda name: name.lower() != "master")
OBJECTS = _accepted(identifier)
SCHEMAS = st.one_of(st.just("public"), OBJECTS)
