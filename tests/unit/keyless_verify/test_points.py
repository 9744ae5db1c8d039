"""What a verify answers is what the README lists."""

import re
from pathlib import Path

from keyless.verify.points import POINTS

README = Path(__file__).parents[3] / "README.md"


def test_each_point_of_the_readme_has_an_answer_and_the_other_way_round() -> None:
    listed = README.read_text().partition("Not verified, and stated here on purpose:\n")[2].partition("\n\n")[0]
    asked = [" ".join(point.split()).rstrip(";.") for point in re.split(r"^- ", listed, flags=re.MULTILINE) if point]
    assert asked == [point.asks for point in POINTS]
