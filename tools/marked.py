"""Parts of a document that a command writes, each between two marks with its name."""

import re
from collections.abc import Iterable, Sequence

Row = Sequence[object]


def put(text: str, name: str, content: str) -> str:
    """The text with new content between two marks. Raises ValueError if they are not there once."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    made, times = marks.subn(lambda found: found[1] + content + found[2], text)
    if times != 1:
        message = f"The marks of {name} are there {times} times."
        raise ValueError(message)
    return made


def table(head: Sequence[str], rows: Iterable[Row]) -> str:
    """A table in Markdown; numbers stand to the right."""
    filled = [[_shown(cell) for cell in row] for row in rows]
    aligned = ["---:" if one.endswith(">") else "---" for one in head]
    lines = [[one.rstrip(">") for one in head], aligned, *filled]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _shown(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
