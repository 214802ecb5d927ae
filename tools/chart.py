"""A few lines over the same few amounts, as an SVG."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 232, 44, 52
_COLOURS = ("#b4332a", "#a0610b", "#1f5fa8", "#2c7a3f")
_TEXT = "#222222"
_GRID = "#dddddd"

Points = Sequence[tuple[int, float]]


def chart(title: str, lines: Mapping[str, Points], levels: Sequence[float], counted: str) -> str:
    """The drawing; all lines have the same amounts, which stand side by side at equal distances.

    `counted` says what there is so much of. The scale of values is logarithmic, from the first
    level to the last.
    """
    amounts = [at for at, _ in next(iter(lines.values()))]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="13" fill="{_TEXT}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 24, title, weight="bold"),
        *(_level(value, levels) for value in levels),
        *(_text(_x(at, amounts), HEIGHT - 30, f"{at:,}", anchor="middle") for at in amounts),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, counted, anchor="middle"),
    ]
    for colour, (name, points) in zip(_COLOURS, lines.items(), strict=False):
        parts += _line(name, points, amounts, levels, colour)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _level(value: float, levels: Sequence[float]) -> str:
    y = _y(value, levels)
    rule = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{_GRID}"/>'
    return rule + _text(LEFT - 8, y + 4, f"{value:g}", anchor="end")


def _line(
    name: str, points: Points, amounts: Sequence[int], levels: Sequence[float], colour: str
) -> Sequence[str]:
    places = [(_x(at, amounts), _y(value, levels)) for at, value in points]
    path = " ".join(f"{x},{y}" for x, y in places)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in places)
    x, y = places[-1]
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}',
        _text(x + 10, y + 4, name, colour=colour),
    )


def _x(at: int, amounts: Sequence[int]) -> float:
    steps = len(amounts) - 1
    return round(LEFT + amounts.index(at) * (WIDTH - LEFT - RIGHT) / steps, 1)


def _y(value: float, levels: Sequence[float]) -> float:
    share = log10(value / levels[0]) / log10(levels[-1] / levels[0])
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    weight: str = "normal",
    colour: str = _TEXT,
) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}" fill="{colour}">'
        f"{escape(text)}</text>"
    )
