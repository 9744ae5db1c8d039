"""Ask PostgreSQL itself who can do what, and hold it against the spec, both ways. Changes nothing."""

from db_access.postgresql.proof.asking import ask, ask_iam_logins, deviations, locked_out, sentences, surprises

__all__ = ["ask", "ask_iam_logins", "deviations", "locked_out", "sentences", "surprises"]
