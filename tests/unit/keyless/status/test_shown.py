"""A status stays in its table whatever is in it, and its remarks are what is off."""

import json

from keyless.status.found import Database, Drift, Environment, Kind, MasterLogin, Proxy, Region, Target, Version
from keyless.status.remarks import remarks
from keyless.status.shown import as_json, as_markdown, as_text

HOSTILE = "a|b\\|`\n\x1b[31m</script> | c"
WELL = Database(
    kind=Kind.CLUSTER,
    name="orders",
    endpoint="orders.example",
    engine="aurora-postgresql",
    engine_version="17.9",
    state="available",
    iam=True,
    tls=True,
    version=Version(offered=True, minor_upgrades=("17.10",)),
    master="keyless_master",
    master_login=MasterLogin.IAM,
    members=2,
    environment="KeylessAurora-dev",
)
WAY = Proxy("way", "way.example", "available", tls=True, iam=True, targets=(Target("orders", "AVAILABLE", ""),))
FINE = Environment("KeylessAurora-dev", ("ana",), 1, Drift.NONE, ())
REGION = Region("eu-west-1", (WELL,), (WAY,), (FINE,))
AMISS = Region(
    "eu-west-1",
    (
        Database(
            kind=Kind.INSTANCE, name=HOSTILE, endpoint="", engine="postgres", engine_version="11.1", state="stopped", iam=False,
            tls=False, version=Version(offered=False, minor_upgrades=()), master=HOSTILE, master_login=MasterLogin.OWN,
        ),
    ),
    (Proxy("way", "", "creating", tls=False, iam=False, targets=(Target("orders", "UNAVAILABLE", "AUTH_FAILURE"),)),),
    (Environment("KeylessAurora-dev", (HOSTILE,), 1, Drift.SOME, ("Connections",)),),
    ("these credentials need the permission rds:DescribeDBProxies",),
)  # fmt: skip


def test_what_is_well_has_no_remark() -> None:
    assert [*remarks(REGION)] == []


def test_what_is_off_is_remarked_one_by_one() -> None:
    assert [*remarks(AMISS)] == [
        f"instance {HOSTILE}: it is stopped",
        f"instance {HOSTILE}: IAM authentication is off",
        f"instance {HOSTILE}: it lets connections without TLS in",
        f"instance {HOSTILE}: postgres 11.1 is not offered any more",
        "proxy way: it is creating",
        "proxy way: it lets connections without TLS in",
        "proxy way: it takes passwords",
        "proxy way: its target orders is UNAVAILABLE: AUTH_FAILURE",
        "environment KeylessAurora-dev: the database differs from the spec, as its drift watch says",
        "environment KeylessAurora-dev: its alarm Connections is on",
    ]


def test_what_is_not_known_is_no_remark_and_shows_as_such() -> None:
    unknown = Region(
        "eu-west-1",
        (
            Database(
                kind=Kind.INSTANCE, name="x", endpoint="", engine="oracle", engine_version="1", state="available",
                iam=True, tls=None, version=None, master="m", master_login=MasterLogin.OWN,
            ),
        ),
        (Proxy("way", "", "available", tls=True, iam=True, targets=None),),
        (Environment("KeylessAurora-dev", None, None, None, None),),
    )  # fmt: skip
    assert [*remarks(unknown)] == []
    assert [line.count("?") for line in as_text([unknown]).splitlines() if "?" in line] == [2, 1, 3]


def test_no_name_leaves_its_line_its_cell_or_the_terminal() -> None:
    text, markdown = as_text([AMISS]), as_markdown([AMISS])
    assert "\x1b" not in text + markdown
    assert len(text.splitlines()) == len(as_text([REGION]).splitlines()) + 1 + len([*remarks(AMISS)])
    tables = markdown.split("\n\n")[:3]
    cells = [{line.count("|") for line in table.splitlines()} for table in tables]
    assert [len(counts) for counts in cells] == [1, 1, 1], "each row has as many cells as its heading"


def test_a_page_says_what_it_lacks() -> None:
    nothing = Region("eu-west-1", (), (), (), ("rds:DescribeDBClusters got no answer",))
    assert as_text([Region("eu-west-1", (), (), (), ())]) == "nothing was found\n"
    assert as_text([nothing]) == "nothing was found, and not all could be looked at\n"
    assert "eu-west-1: not looked at: rds:DescribeDBClusters got no answer" in as_markdown([nothing])
    assert "eu-west-1: not looked at: these credentials need" in as_markdown([AMISS])


def test_json_has_everything() -> None:
    (region,) = json.loads(as_json([AMISS]))["regions"]
    assert region["databases"][0]["name"] == HOSTILE and region["unanswered"] == [*AMISS.unanswered]
    assert region["remarks"] == [*remarks(AMISS)]


def test_users_are_said_to_be_the_declared_ones() -> None:
    """No database is asked who is there."""
    assert "declared users" in as_text([REGION]) and "| declared users |" in as_markdown([REGION])
