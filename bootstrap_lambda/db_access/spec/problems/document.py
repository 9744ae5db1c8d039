"""All that can be wrong with a document beyond the form of its fields."""

from db_access.spec.problems.cycles import cycles
from db_access.spec.problems.grants import grant_problems
from db_access.spec.problems.names import name_problems
from db_access.spec.problems.ownership import ownership_problems
from db_access.spec.problems.references import reference_problems
from db_access.spec.problems.templates import template_problems
from db_access.spec.problems.unprintable import unprintable_problems
from db_access.spec.problems.users import user_problems
from db_access.spec.raw_document import RawDocument


def document_problems(document: RawDocument) -> list[str]:
    """Every problem, each with its place and what is allowed."""
    return [
        *unprintable_problems(document),
        *name_problems(document),
        *reference_problems(document),
        *cycles(document),
        *grant_problems(document),
        *user_problems(document),
        *ownership_problems(document),
        *template_problems(document),
    ]
