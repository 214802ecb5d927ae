"""The tables of `docs/scale.md`, each between marks of its own."""

from collections.abc import Mapping, Sequence

from tools.marked import Row, table
from tools.scale.ceilings import ceilings
from tools.scale.counted import Counted
from tools.scale.executions import Held, little, seconds_held
from tools.scale.limits import CHECKED_ON, LIMITS
from tools.scale.shares import Drawn
from tools.scale.wallet import Design, Sold

_SMALL_SHARE = 0.1


def limits_table() -> str:
    """The published limits."""
    head = ("Limit>", "Of what", "Whose", "Can be raised", f"Page, as of {CHECKED_ON}")
    rows = (
        (
            one.value,
            one.unit,
            one.scope,
            "yes" if one.adjustable else "no",
            _link(one.title, one.url),
        )
        for one in LIMITS
    )
    return table(head, rows)


def ceilings_table(sold: Counted) -> str:
    """Where which limit bites."""
    head = ("Place", "Of each", "A lead takes>", "Of", "Leads/s>")
    rows = (
        (
            one.place,
            one.of,
            f"{one.takes:.3g}",
            f"{_times(one.places)}{one.limit.value:,} {one.limit.unit.split(',')[0]}",
            _whole(one.per_second),
        )
        for one in ceilings(sold)
    )
    return table(head, rows)


def wallets_table(found: Mapping[Design, Sequence[Sold]]) -> str:
    """Sellers side by side."""
    head = ("Wallet", "Sellers>", "Sales/s>", "Tries a sale>", "Median>", "99 %>", "Given up>")
    rows = (
        (design.name, one.sellers, *_sold(one))
        for design, sold in found.items()
        for one in sold
        if one.sellers in {1, 4, 16, 64}
    )
    return table(head, rows)


def bursts_table(found: Mapping[Design, Sold]) -> str:
    """Leads at the same moment."""
    head = ("Wallet", "Leads>", "Sales/s>", "Tries a sale>", "Median>", "99 %>", "Given up>")
    return table(head, ((design.name, one.sellers, *_sold(one)) for design, one in found.items()))


def factors_table(found: Mapping[float, Sequence[Sold]]) -> str:
    """As built, if calls took less or more time."""
    sellers = [one.sellers for one in next(iter(found.values()))]
    head = ("Calls take", *(f"Sales/s, sellers: {one}>" for one in sellers))
    rows = (
        (f"x {factor:g}", *(f"{one.per_second:.0f}" for one in sold))
        for factor, sold in found.items()
    )
    return table(head, rows)


def costs_table(found: Mapping[Design, Mapping[float, Sequence[Sold]]]) -> str:
    """What it matters what a refused transaction takes."""
    head = (
        "Wallet",
        "A refused one takes>",
        "Sales/s, 16 sellers>",
        "64 sellers>",
        "Given up>",
        "Burst of 64>",
    )
    rows = (
        (
            design.name,
            _percent(cost),
            *(f"{one.per_second:.0f}" for one in (few, many)),
            _percent(many.failed_share),
            f"{burst.per_second:.0f}",
        )
        for design, costs in found.items()
        for cost, (few, many, burst) in costs.items()
    )
    return table(head, rows)


def shares_table(found: Mapping[int, Sequence[Drawn]]) -> str:
    """What leads of one tenant meet at its shares."""
    head = ("Shares>", "Leads/s>", "Conflicts a draw>", "Waited, 99 %>", "Given up>")
    rows = (
        (
            count,
            one.leads_per_second,
            f"{one.conflicts_per_draw:.2f}",
            _milliseconds(one.waited_99),
            _percent(one.contended_share),
        )
        for count, drawn in found.items()
        for one in drawn
    )
    return table(head, rows)


def executions_table(found: Mapping[int, Sequence[Held]]) -> str:
    """What leads meet while partners hang."""
    head = (
        "Leads/s>",
        "With a silent partner>",
        "For stages>",
        "Wanted (Little)>",
        "Running>",
        "Refused>",
        "Runs without a task>",
        "Settled/s>",
    )
    return table(
        head,
        (_held(reserved, one) for reserved, runs in found.items() for one in runs),
    )


def requests_table(found: Mapping[int, float]) -> str:
    """What passes API Gateway."""
    return table(
        ("Requests/s>", "Let pass>"), ((one, _percent(share)) for one, share in found.items())
    )


def _held(reserved: int, one: Held) -> Row:
    wanted = little(one.leads_per_second, seconds_held(one.hung_share))
    return (
        one.leads_per_second,
        _percent(one.hung_share),
        reserved or "",
        _whole(wanted),
        _whole(one.at_once),
        _percent(one.refused_share),
        _percent(one.late_share),
        _whole(one.settled_per_second),
    )


def _sold(one: Sold) -> Row:
    return (
        f"{one.per_second:.0f}",
        f"{one.tries_per_sale:.1f}",
        _milliseconds(one.seconds_median),
        _milliseconds(one.seconds_99),
        _percent(one.failed_share),
    )


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _times(count: int) -> str:
    return f"{count} x " if count > 1 else ""


def _percent(share: float) -> str:
    return f"{share:.0%}" if share in {0, 1} or share >= _SMALL_SHARE else f"{share:.1%}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _link(title: str, url: str) -> str:
    return f"[{title}]({url})"
