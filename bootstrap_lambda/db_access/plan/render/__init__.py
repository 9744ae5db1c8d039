"""A finished plan for people and programs. Pure: the same plan is always the same text. A script is the engine's."""

from db_access.plan.render.as_json import as_json, changes
from db_access.plan.render.as_losses import as_losses
from db_access.plan.render.as_markdown import as_markdown
from db_access.plan.render.as_text import as_text, notes
from db_access.plan.render.lines import counted, line

__all__ = ["as_json", "as_losses", "as_markdown", "as_text", "changes", "counted", "line", "notes"]
