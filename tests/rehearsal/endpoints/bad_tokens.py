"""Tokens for the cluster that must be refused, and the reason on record."""

from collections.abc import Callable
from datetime import timedelta

from keyless.rehearsal.endpoints import tokens
from tests.rehearsal.endpoints.roles import grant
from tests.rehearsal.endpoints.world import PASSWORD, World


def only_proxy(world: World) -> str:
    """A token of a role whose policy names the proxy only."""
    world.writer.resources[:] = [grant(world.proxy)]
    return world.writer.token(world.cluster)


BAD_TOKENS: dict[str, tuple[Callable[[World], str], str]] = {
    "expired": (lambda world: world.writer.token(world.cluster, age=timedelta(seconds=901)), "ExpiredToken"),
    "tampered": (lambda world: tokens.tampered(world.writer.token(world.cluster)), "SignatureDoesNotMatch"),
    "for another user": (lambda world: world.writer.token(world.cluster, "migrator"), "InvalidToken"),
    "for another host": (lambda world: world.writer.token(world.cluster, host="other.example"), "InvalidToken"),
    "for the proxy": (lambda world: world.writer.token(world.proxy), "InvalidToken"),
    "for another region": (lambda world: world.writer.token(world.cluster, region="us-east-1"), "InvalidToken"),
    "of a role that may only use the proxy": (only_proxy, "ImplicitDeny"),
    "empty": (lambda world: " ", "InvalidToken"),
    "a password": (lambda world: PASSWORD, "InvalidToken"),
}
