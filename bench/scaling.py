"""How cost grows with the catalog: the same hundred users over 1,000 to 30,000 tables, drawn as an SVG. `python -m
bench.scaling`."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from bench import baselines, runs
from bench.stage import Stage, staged
from bench.workload import Size

_SCHEMAS = (10, 30, 100, 300)
_TABLES, _USERS, _ROUNDS = 100, 100, 3
_COLOURS = {"limit": "#999999", "first apply": "#d1495b", "nothing to do": "#2e6f95"}

Curves = Mapping[str, Mapping[int, float]]
"""Name to number of tables to seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("docs"), help="folder for scaling.svg and scaling.json (default: docs)"
    )
    out = parser.parse_args().out
    curves: dict[str, dict[int, float]] = {name: {} for name in _COLOURS}
    for schemas in _SCHEMAS:
        size = Size(f"{schemas * _TABLES} tables", schemas, _TABLES, _USERS)
        print(f"making {size.name} ...", file=sys.stderr, flush=True)
        with staged(size) as stage:
            for name, seconds in _measure(stage).items():
                curves[name][size.total_tables] = seconds
    (out / "scaling.json").write_text(json.dumps(curves, indent=2) + "\n", encoding="utf-8")
    (out / "scaling.svg").write_text(svg(curves), encoding="utf-8")


def _measure(stage: Stage) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in _COLOURS}
    for _ in range(_ROUNDS):
        stage.reset()
        taken["limit"].append(runs.as_one_message(stage.conninfo, baselines.limit(stage.size)).seconds)
        stage.reset()
        taken["first apply"].append(runs.warm(stage, stage.conninfo, lambda: None, first=True).seconds)
        taken["nothing to do"].append(runs.warm(stage, stage.conninfo, lambda: None).seconds)
    return {name: median(seconds) for name, seconds in taken.items()}


def svg(curves: Curves, *, width: int = 640, height: int = 360, margin: int = 60) -> str:
    """Both axes linear and from zero, so that a straight line is a linear cost."""
    widest, highest = (
        max(max(curve) for curve in curves.values()),
        max(max(curve.values()) for curve in curves.values()),
    )

    def place(tables: float, seconds: float) -> str:
        across, up = tables / widest * (width - 2 * margin), seconds / highest * (height - 2 * margin)
        return f"{margin + across:.1f},{height - margin - up:.1f}"

    def text(at: str, content: str, anchor: str = "middle") -> str:
        x, y = at.split(",")
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{content}</text>'

    parts = [f'<polyline points="{place(0, highest)} {place(0, 0)} {place(widest, 0)}" fill="none" stroke="black"/>']
    for row, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[name]
        line = " ".join(place(*point) for point in curve.items())
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for tables, seconds in curve.items():
            x, y = place(tables, seconds).split(",")
            tooltip = f"<title>{tables:,} tables: {seconds * 1000:,.0f} ms</title>"
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}">{tooltip}</circle>')
        parts.append(f'<g fill="{colour}">{text(f"{margin + 15},{margin + 18 * row}", name, "start")}</g>')
    for tables in next(iter(curves.values())):
        parts.append(text(f"{place(tables, 0).split(',')[0]},{height - margin + 18}", f"{tables // 1000}k"))
    parts.append(
        text(f"{width / 2},{height - 12}", f"tables ({_USERS} users, each writing in two schemas of {_TABLES} tables)")
    )
    parts.append(text(f"{margin - 8},{margin + 4}", f"{highest:.1f} s", "end"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="13">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>\n"])


if __name__ == "__main__":
    main()
