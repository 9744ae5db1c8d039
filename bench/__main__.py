"""`make bench`: measure one size (or several), print the table, and leave it as bench.md and bench.json."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Final

from bench import report, runs
from bench.figures import Figures, measure
from bench.stage import staged
from bench.workload import SIZES, Size

_COLD_START: Final = "cold-start"
_MYSQL: Final = "mysql"
_OF_MYSQL: Final = ("small", "medium", "large")
_ROUNDS: Final = {"small": 5, "medium": 5, "large": 3, "crowd": 1, _COLD_START: 15}


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.family == _MYSQL:
        _mysql([SIZES[name] for name in options.size], options)
        return
    if _COLD_START in options.size:
        _cold_start(options.out, options.rounds or _ROUNDS[_COLD_START])
    if sizes := [SIZES[name] for name in options.size if name != _COLD_START]:
        _runs(sizes, options)


def _cold_start(out: Path, rounds: int) -> None:
    from bench.cold_start import figures, report  # which import the CDK

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measured = figures.measure(Path(folder), rounds=rounds)
    print(report.markdown(measured), flush=True)
    (out / "cold-start.md").write_text(report.markdown(measured), encoding="utf-8")
    (out / "cold-start.json").write_text(json.dumps(report.as_json(measured), indent=2) + "\n", encoding="utf-8")


def _runs(sizes: Iterable[Size], options: argparse.Namespace) -> None:
    measured: dict[Size, Figures] = {}
    for size in sizes:
        print(f"{size.name}: making {size.total_tables} tables ...", file=sys.stderr, flush=True)
        with staged(size) as stage:
            rounds = options.rounds or _ROUNDS[size.name]
            measured[size] = measure(
                stage, rounds=rounds, with_one_by_one=options.all or size.name in {"small", "medium"}
            )
        print(report.markdown(size, measured[size]), flush=True)
    print(f"A bare interpreter starts and ends in {min(runs.interpreter().seconds for _ in range(5)) * 1000:.0f} ms.")
    (options.out / "bench.md").write_text("\n".join(report.lines(measured)), encoding="utf-8")
    (options.out / "bench.json").write_text(json.dumps(report.as_json(measured), indent=2) + "\n", encoding="utf-8")


def _mysql(sizes: Sequence[Size], options: argparse.Namespace) -> None:
    from bench.mysql import figures, report, stage  # PostgreSQL's figures take none of these servers
    from keyless.rehearsal.servers.mysql.server import MariaDB, MySQL

    measured: dict[tuple[str, Size], figures.Figures] = {}
    for size, server in product(sizes, (MariaDB, MySQL)):
        name = f"{server.kind.name} {server.kind.series}"
        print(f"{name}, {size.name}: making {size.total_tables} tables ...", file=sys.stderr, flush=True)
        with stage.staged(server, size) as ready:
            found = figures.measure(ready, rounds=options.rounds or _ROUNDS[size.name])
        measured[name, size] = found
        print(report.markdown(name, size, found), flush=True)
    text = "\n".join(report.markdown(name, size, found) for (name, size), found in measured.items())
    (options.out / "bench-mysql.md").write_text(text, encoding="utf-8")
    (options.out / "bench-mysql.json").write_text(
        json.dumps(report.as_json(measured), indent=2) + "\n", encoding="utf-8"
    )


def _size(name: str) -> str:
    if name not in _ROUNDS:
        raise argparse.ArgumentTypeError(f"{name} is unknown; allowed: {', '.join(_ROUNDS)}")
    return name


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "size", nargs="*", type=_size, default=["medium"], metavar="|".join(_ROUNDS), help="what is measured"
    )
    parser.add_argument(
        "--rounds", type=int, help="how often each figure is taken (default: 5, large 3, crowd 1, cold-start 15)"
    )
    parser.add_argument(
        "--family",
        choices=("postgresql", _MYSQL),
        default="postgresql",
        help="mysql: on MariaDB and MySQL, beside one statement for each user and schema (small, medium, large)",
    )
    parser.add_argument(
        "--all", action="store_true", help="also one statement at a time at the large sizes, which takes minutes"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("bench.out"),
        help="folder for the tables, as markdown and JSON (default: bench.out)",
    )
    options = parser.parse_args()
    if options.family == _MYSQL and (others := [name for name in options.size if name not in _OF_MYSQL]):
        parser.error(f"of MySQL there is no {', '.join(others)}; allowed: {', '.join(_OF_MYSQL)}")
    return options


if __name__ == "__main__":
    main()
