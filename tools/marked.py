"""Parts of a document that a command writes, each between two marks with its name."""

import re


def put(text: str, name: str, content: str) -> str:
    """The text with new content between two marks. Raises ValueError if they are not there once."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    made, times = marks.subn(lambda found: found[1] + content + found[2], text)
    if times != 1:
        message = f"The marks of {name} are there {times} times."
        raise ValueError(message)
    return made
