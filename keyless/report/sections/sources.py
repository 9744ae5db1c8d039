"""What the report is about and was made with."""

from db_access.wording import one_line, quoted
from keyless.report.contents import Contents
from keyless.report.markup import element, joined, table
from keyless.report.sections.section import Section


def section(of: Contents) -> Section:
    spec = [(of.spec_file, element("code", of.spec_digest))]
    templates = [(stack, element("code", digest)) for stack, digest in of.templates.items()]
    digests = table("SHA-256 of what was declared and deployed", ("document", "digest"), [*spec, *templates])
    servers = [(f"PostgreSQL, database {quoted(each.name)}", each.survey.server) for each in of.databases]
    asked = [(quoted(each.name), one_line(each.asked_at), quoted(each.asked_as)) for each in of.databases]
    places = table("Where each database was asked", ("database", "server", "as"), asked)
    versions = table("Versions", ("of", "version"), [*of.versions.items(), *servers])
    return Section("sources", "Sources", joined((places, digests, versions)))
