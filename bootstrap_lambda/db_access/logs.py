"""What the engine logs, without characters that don't print: names come from databases, and people read logs in
terminals."""

import logging

from db_access.wording import visible


def printable(record: logging.LogRecord) -> bool:
    """A filter for a handler, which lets every record pass."""
    record.msg, record.args = visible(record.getMessage()), None
    return True


def set_up(level: int = logging.INFO) -> None:
    """Of a function. Lambda has set its own handler up already, and keeps it."""
    logging.basicConfig(format="%(levelname)s %(message)s")
    logging.getLogger().setLevel(level)
    for handler in logging.getLogger().handlers:
        handler.addFilter(printable)
