"""`make bench`: measure one size (or several), print the table, and leave it as bench.md and bench.json."""

import argparse
import json
import sys
from pathlib import Path

from bench import report, runs
from bench.figures import Figures, measure
from bench.stage import staged
from bench.workload import SIZES, Size

_ROUNDS = {"small": 5, "medium": 5, "large": 3, "crowd": 1}


def main() -> None:
    options = _options()
    measured: dict[Size, Figures] = {}
    for size in options.size:
        print(f"{size.name}: making {size.total_tables} tables ...", file=sys.stderr, flush=True)
        with staged(size) as stage:
            rounds = options.rounds or _ROUNDS[size.name]
            measured[size] = measure(
                stage, rounds=rounds, with_one_by_one=options.all or size.name in {"small", "medium"}
            )
        print(report.markdown(size, measured[size]), flush=True)
    print(f"A bare interpreter starts and ends in {min(runs.interpreter().seconds for _ in range(5)) * 1000:.0f} ms.")
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "bench.md").write_text("\n".join(report.lines(measured)), encoding="utf-8")
    (options.out / "bench.json").write_text(json.dumps(report.as_json(measured), indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "size", nargs="*", type=SIZES.__getitem__, default=[SIZES["medium"]], metavar="small|medium|large|crowd"
    )
    parser.add_argument("--rounds", type=int, help="how often each figure is taken (default: 5, large 3, crowd 1)")
    parser.add_argument(
        "--all", action="store_true", help="also one statement at a time at the large sizes, which takes minutes"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("bench.out"), help="folder for bench.md and bench.json (default: bench.out)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
