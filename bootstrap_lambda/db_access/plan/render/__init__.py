"""A finished plan as text, SQL, JSON and markdown. Pure: the same plan is always the same text."""

from db_access.plan.render.lines import counted
from db_access.plan.render.markdown import markdown
from db_access.plan.render.sql import sql
from db_access.plan.render.text import Reports, as_json, changes, notes, statement_of, text
from db_access.plan.render.words import one_line

__all__ = ["Reports", "as_json", "changes", "counted", "markdown", "notes", "one_line", "sql", "statement_of", "text"]
