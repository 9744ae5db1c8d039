"""All that can be wrong with a document beyond the form of its fields."""

from db_access.spec.problems.cycles import cycles
from db_access.spec.problems.grants import grant_problems
from db_access.spec.problems.names import name_problems
from db_access.spec.problems.ownership import ownership_problems
from db_access.spec.problems.references import reference_problems
from db_access.spec.problems.templates import template_problems
from db_access.spec.problems.temporary import temporary_problems
from db_access.spec.problems.users import user_problems
from db_access.spec.raw_document import RawDocument


def document_problems(document: RawDocument) -> list[str]:
    """Every problem, each with its place and what is allowed."""
    return [
        *name_problems(document),
        *reference_problems(document),
        *cycles(document),
        *grant_problems(document),
        *user_problems(document),
        *temporary_problems(document),
        *ownership_problems(document),
        *template_problems(document),
    ]


def others(found: list[str], of_forms: list[str]) -> list[str]:
    """Those of `found` about other places than `of_forms`: of a value that is none, nothing more is said."""
    places = {_place(problem) for problem in of_forms}
    return [problem for problem in found if _place(problem) not in places]


def _place(problem: str) -> str:
    return problem.partition(": ")[0]
