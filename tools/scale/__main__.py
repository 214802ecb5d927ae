"""`make scale`: run the simulations, print their tables, and put them into `docs/scale.md`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.chart import chart
from tools.local_stack.progress import Progress
from tools.marked import put
from tools.scale import runs, tables
from tools.scale.counted import counted
from tools.scale.wallet import Design, Sold

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT, DRAWING = DOCS / "scale.md", DOCS / "scale-wallet.svg"
TITLE = "Sales per second of one wallet (simulated, logarithmic)"
LEVELS = (10, 20, 50, 100, 200, 500)
COUNTED = "sellers at the same time"


def main() -> None:
    """All figures anew; the same code makes the same figures."""
    progress, sold = Progress(), counted()
    with progress.step("sellers of one wallet"):
        wallets, bursts = runs.wallets(sold), runs.bursts(sold)
        factors, costs = runs.slower_and_faster(sold), runs.costs_of_refusal(sold)
    with progress.step("shares of plan usage"):
        shares = runs.shares(sold)
    with progress.step("executions while partners hang"):
        executions = runs.executions()
    made = {
        "limits": tables.limits_table(),
        "ceilings": tables.ceilings_table(sold),
        "wallets": tables.wallets_table(wallets),
        "bursts": tables.bursts_table(bursts),
        "factors": tables.factors_table(factors),
        "costs": tables.costs_table(costs),
        "shares": tables.shares_table(shares),
        "executions": tables.executions_table(executions),
        "requests": tables.requests_table(runs.requests()),
    }
    text = DOCUMENT.read_text()
    for name, content in made.items():
        print(f"\n{name}\n\n{content}", end="")
        text = put(text, name, content)
    DOCUMENT.write_text(text)
    DRAWING.write_text(chart(TITLE, _lines(wallets), LEVELS, COUNTED))


def _lines(wallets: Mapping[Design, Sequence[Sold]]) -> dict[str, list[tuple[int, float]]]:
    return {
        design.name: [(one.sellers, one.per_second) for one in sold]
        for design, sold in wallets.items()
    }


if __name__ == "__main__":
    main()
