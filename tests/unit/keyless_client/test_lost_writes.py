"""Any program of connect, BEGIN, blocks, helpers, exceptions and killed sessions: the table has what it was told."""

from contextlib import ExitStack, suppress

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import booleans

from keyless_client import ConnectError, connect
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"
ENDED = (psycopg.OperationalError, ConnectError)


class Program(RuleBasedStateMachine):
    """Swallows each error that tells of an ended session. Its own account of what is committed goes by the words of
    SQL alone: a change is there once it and whatever encloses it has succeeded."""

    endpoint: Endpoint
    patch: pytest.MonkeyPatch

    def __init__(self) -> None:
        super().__init__()
        self.count = self.invocations = 0
        self.committed: set[int] = set()
        self.levels: list[set[int]] = []
        """What is written in each open transaction and savepoint, the outermost first."""
        self.blocks: list[ExitStack] = []
        self.explicit = self.doomed = self.told = False
        self.go_on()

    def go_on(self) -> None:
        self.invocations += 1
        self.patch.setenv("_X_AMZN_TRACE_ID", f"Root=1-{self.invocations}")

    @rule()
    def write(self) -> None:
        self.count += 1
        try:
            connect().execute("INSERT INTO public.written VALUES (%s)", [self.count])
        except ENDED:
            assert self.doomed
            self.told = True
        else:
            self.account({self.count})

    def account(self, written: set[int]) -> None:
        if self.doomed:
            assert self.told and not self.blocks, "outside of the transaction that the program believes to be in"
            self.levels, self.explicit, self.doomed, self.told = [], False, False, False
        (self.levels[-1] if self.levels else self.committed).update(written)

    @precondition(lambda self: not self.levels)
    @rule()
    def begin(self) -> None:
        connect().execute("BEGIN")
        self.levels, self.explicit = [set()], True

    @precondition(lambda self: self.explicit and not self.blocks)
    @rule(well=booleans())
    def end(self, well: bool) -> None:
        try:
            connection = connect()
            connection.commit() if well else connection.rollback()
        except ENDED:
            assert self.doomed
        else:
            assert self.told or not self.doomed or not well, "committed what was lost"
            if well and not self.doomed:
                self.committed |= self.levels[0]
        self.levels, self.explicit, self.doomed, self.told = [], False, False, False

    @precondition(lambda self: not self.doomed and len(self.blocks) < 3)
    @rule(idiom=booleans())
    def open_block(self, idiom: bool) -> None:
        block = ExitStack()
        block.enter_context(connect() if idiom else connect().transaction())
        self.blocks.append(block)
        self.levels.append(set())

    @precondition(lambda self: self.blocks)
    @rule(well=booleans())
    def close_block(self, well: bool) -> None:
        block, written = self.blocks.pop(), self.levels.pop()
        try:
            if well:
                block.close()
            else:
                with suppress(ZeroDivisionError), block:
                    raise ZeroDivisionError
        except ENDED:
            assert self.doomed
            self.told = True
        else:
            assert not (well and self.doomed), "left a lost block without a word"
            if well:
                (self.levels[-1] if self.levels else self.committed).update(written)
        if self.doomed and not self.levels:
            self.doomed = self.told = False

    @rule()
    def kill(self) -> None:
        for pid in self.endpoint.sessions(WRITER):
            self.endpoint.end(pid)
        self.doomed = self.doomed or bool(self.levels)

    @precondition(lambda self: not self.blocks)
    @rule()
    def next_invocation(self) -> None:
        self.go_on()
        connect()
        self.levels, self.explicit, self.doomed, self.told = [], False, False, False

    def teardown(self) -> None:
        while self.blocks:
            self.close_block(well=True)
        if self.explicit:
            self.end(well=True)
        found = {id for (id,) in self.endpoint.proxy.superuser.execute("SELECT id FROM public.written")}
        assert found == self.committed
        client_endpoint.end_invocations()
        with self.endpoint.proxy.superuser.transaction():
            self.endpoint.proxy.superuser.execute("TRUNCATE public.written")


def test_no_program_loses_a_write_or_keeps_one_by_half(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.create(WRITER)
    superuser = endpoint.proxy.superuser
    superuser.execute("CREATE TABLE public.written (id int)")
    superuser.execute("GRANT ALL ON public.written TO PUBLIC")
    superuser.commit()
    try:
        machine = type("OfThisEndpoint", (Program,), {"endpoint": endpoint, "patch": monkeypatch})
        checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
        run_state_machine_as_test(
            machine,
            settings=settings(max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=checks),
        )
    finally:
        client_endpoint.end_invocations()
        superuser.rollback()
        superuser.execute("DROP TABLE public.written")
        superuser.commit()
