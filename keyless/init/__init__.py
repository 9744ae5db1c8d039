"""`keyless init`: writes an app that uses this library. Imports no CDK."""

from keyless.init.command import run

__all__ = ["run"]
