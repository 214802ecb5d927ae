"""What the demo writes, on a terminal and elsewhere."""

import io

from rich.console import Console

from tools.demo.display import Display, columns
from tools.demo.explain import Explanation

SOLD = Explanation(
    number="1",
    shows="County 80.00 beats state 60.00",
    became="assigned",
    buyer="Austin Solar (county)",
    charged="70.00",
    owed="38.85",
    why="bid 80.00, next 60.00",
)
HEIGHT = 20


def written(*, terminal: bool, rows: int = 1, as_expected: bool = True) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=120, height=HEIGHT)
    with Display(console).live(rows) as table:
        for number in range(rows):
            table.add(SOLD._replace(number=str(number)), as_expected=as_expected)
    return file.getvalue()


def test_elsewhere_each_lead_is_one_plain_line() -> None:
    lines = written(terminal=False, rows=3).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("ok ")
    assert lines[0].endswith("pays 70.00, source gets 38.85, bid 80.00, next 60.00")
    assert "\x1b" not in lines[0]


def test_a_lead_that_is_not_as_it_should_be_is_marked() -> None:
    assert written(terminal=False, as_expected=False).startswith("NOT")


def test_on_a_terminal_a_table_grows_and_is_shown_in_full_at_the_end() -> None:
    shown = written(terminal=True, rows=3 * HEIGHT)
    assert f"{3 * HEIGHT} of {3 * HEIGHT} leads" in shown
    frames = shown.split("\x1b[?25h")[0]
    assert f"{3 * HEIGHT} assigned" in frames


def test_a_row_fits_a_hundred_columns() -> None:
    longest = SOLD._replace(shows="x" * 40, buyer="Everywhere Energy (nationwide)")
    assert len(columns(longest)) <= 100
    assert "Everywhere Energy (nationwide)   70.00  38.85" in columns(longest)


def test_a_reason_is_wrapped_below_its_row_and_shown_in_full_at_the_end() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=100, color_system=None)
    with Display(console).live(1) as table:
        table.add(SOLD._replace(why="word " * 40 + "last"), as_expected=True)
    shown = file.getvalue().rsplit("70.00  38.85", 1)[1]
    assert shown.split() == ["word"] * 40 + ["last", "1", "of", "1", "leads"]
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_tables_have_no_frames_where_nothing_draws_them() -> None:
    assert (
        Display(Console(file=io.StringIO())).box
        is not Display(Console(file=io.StringIO(), force_terminal=True)).box
    )
