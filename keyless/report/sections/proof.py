"""Whether each database is as the spec says, asked of PostgreSQL itself."""

from collections.abc import Mapping
from typing import Final

from db_access.plan.report import Evidence
from keyless.report.contents import Contents, Database
from keyless.report.markup import Markup, element, joined, listed, name
from keyless.report.sections.section import Section, verdict

_MOST: Final = 200
"""Sentences of a kind that are shown; `keyless prove --json` has them all."""


def section(of: Contents) -> Section:
    about = (
        "PostgreSQL's own has_…_privilege functions were asked what each user of the spec can do, by any route; the "
        "proof holds where that is what the spec says, no more and no less."
    )
    failed = map(_failed, of.failed)
    return Section(
        "proof", "The proof", joined((element("p", about, class_="about"), *map(_database, of.databases), *failed))
    )


def _database(database: Database) -> Markup:
    proof = database.proof
    title = element("h3", "Database ", name(database.name))
    said = verdict(proof.holds, "as the spec says" if proof.holds else "not as the spec says")
    found = (
        joined((element("h4", f"{heading} ({len(sentences):,})"), listed(sentences, _MOST)))
        for heading, sentences in _found(proof).items()
        if sentences
    )
    return joined((title, element("p", said), *found))


def _found(proof: Evidence) -> Mapping[str, tuple[str, ...]]:
    return {
        "Violations: PostgreSQL allows something else than the spec": proof.violations,
        "Outsiders: have rights, and the spec neither manages nor acknowledges them": proof.outsiders,
        "Locked out: logins that reach rds_iam by accident": proof.lock_outs,
        "Conflicts: what a sync would be refused for": proof.conflicts,
        "Left to others, whom no sync can replace": proof.left,
        "Warnings, which are no difference": proof.warnings,
    }


def _failed(failed: Mapping[str, str]) -> Markup:
    said = element("p", verdict(None, f"not looked at: {failed['error']}"))
    return joined((element("h3", "Database ", name(failed["database"])), said))
