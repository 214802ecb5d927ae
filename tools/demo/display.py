"""Show the demo: a live list on a terminal, plain lines elsewhere."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import wrap

from rich.box import HEAVY_HEAD, SIMPLE, Box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tools.demo.checks import Books
from tools.demo.configure import Market
from tools.demo.explain import Explanation, money, name_of, score
from tools.demo.posting import Outcome
from tools.demo.wire import Bid, Flow, Wallet

MARGIN_LINES = 5
LINES_OF_ROW = 2
ROWS_MIN = 3
INDENT = " " * 4
PLAIN_WIDTH = 160
_STYLES = {
    "assigned": "green",
    "posted": "green",
    "marketplace": "blue",
    "Match found": "bold",
    "duplicate": "yellow",
    "audit": "magenta",
    "uncategorized": "magenta",
    "unassigned": "cyan",
}
_HEADING = Explanation("#", "What", "Became", "Buyer", "Charged", "Owed", "")


class Display:
    """Where the demo writes: stdout."""

    def __init__(self, console: Console | None = None) -> None:
        made = console or Console(highlight=False)
        if not made.is_terminal:
            made.width = PLAIN_WIDTH
        self.console = made
        # Where nothing draws frames, none are written.
        self.box: Box = HEAVY_HEAD if made.is_terminal else SIMPLE

    def say(self, text: str = "", *, style: str | None = None) -> None:
        """A line, as it is."""
        self.console.print(text, markup=False, soft_wrap=True, style=style)

    def headline(self, text: str) -> None:
        """What comes next."""
        self.say(f"\n{text}\n", style="bold")

    @contextmanager
    def live(self, total: int, noun: str = "leads") -> Iterator["LeadTable"]:
        """A table of leads that grows, and is shown in full at the end."""
        rows: list[tuple[Explanation, bool]] = []
        if not self.console.is_terminal:
            yield LeadTable(self, rows, None)
            return
        with Live(console=self.console, transient=True, auto_refresh=False) as live:
            yield LeadTable(self, rows, live)
        lines = _lines(rows, self.console.width)
        self.console.print(Group(*lines, Text(f"\n{len(rows)} of {total} {noun}\n", "italic")))


class LeadTable:
    """The leads so far, two lines for each."""

    def __init__(
        self, display: Display, rows: list[tuple[Explanation, bool]], live: Live | None
    ) -> None:
        self._display = display
        self._rows = rows
        self._live = live

    def add(self, row: Explanation, *, as_expected: bool) -> None:
        """Show one more lead."""
        self._rows.append((row, as_expected))
        if self._live is None:
            self._display.say(_line(row, as_expected=as_expected))
            return
        console = self._display.console
        fitting = max(ROWS_MIN, (console.height - MARGIN_LINES) // LINES_OF_ROW)
        latest = _lines(self._rows[-fitting:], console.width, in_full=False)
        self._live.update(Group(*latest, Text(f"\n{self._counts()}", "italic")), refresh=True)

    def _counts(self) -> str:
        counted = Counter(row.became for row, _ in self._rows)
        return ", ".join(f"{number} {name}" for name, number in counted.most_common())


def _line(row: Explanation, *, as_expected: bool) -> str:
    sale = f"{row.buyer} pays {row.charged}, " if row.buyer else ""
    owed = f"source gets {row.owed}, " if row.owed else ""
    mark = "ok " if as_expected else "NOT"
    return f"{mark} {row.number:>3} {row.became:<14} {row.shows:<35} {sale}{owed}{row.why}"


def _lines(
    rows: Sequence[tuple[Explanation, bool]], width: int, *, in_full: bool = True
) -> Iterator[Text]:
    """A line for each row and, below it, why; not `in_full`: one line of that at most."""
    yield Text(columns(_HEADING), "bold", no_wrap=True, overflow="crop")
    for row, as_expected in rows:
        style = _STYLES.get(row.became, "dim") if as_expected else "bold red"
        yield Text(columns(row), style, no_wrap=True, overflow="crop")
        why = wrap(row.why, width, initial_indent=INDENT, subsequent_indent=INDENT) or [""]
        for line in why if in_full else why[:1]:
            yield Text(line, "dim")


def columns(row: Explanation) -> str:
    """A row without its reason, of 98 characters."""
    return (
        f"{row.number:>3} {row.shows:<33.33} {row.became:<14.14} {row.buyer:<30.30} "
        f"{row.charged:>7} {row.owed:>6}"
    )


def show_wallets(
    display: Display, before: Mapping[str, Wallet], books: Books, bids: Mapping[str, Sequence[Bid]]
) -> None:
    """The wallets before and after, with the leads bought and the bids' statuses."""
    table = Table(title="Wallets", box=display.box)
    for heading in ("Customer", "Before", "After", "Leads", "Rows", "Bids"):
        table.add_column(heading, justify="left" if heading in {"Customer", "Bids"} else "right")
    for name, wallet in before.items():
        table.add_row(
            name,
            money(wallet.balance_cents),
            money(books.wallets[name].balance_cents),
            str(len(books.leads[name])),
            str(len(books.transactions[name])),
            ", ".join(bid.status for bid in bids[name]),
        )
    display.console.print(table)


def show_decisions(display: Display, outcome: Outcome, flow: Flow, market: Market) -> None:
    """The decision record of one lead."""
    title = f"Why lead {outcome.number} went as it did: GET /flows/{flow.id}"
    table = Table(title=title, box=display.box)
    headings = ("Candidate", "Verdict", "Reason", "Bid", "Counts", "Score", "Price", "Charged")
    for heading in headings:
        text = heading in {"Candidate", "Verdict", "Reason"}
        table.add_column(heading, justify="left" if text else "right")
    for one in flow.decisions:
        table.add_row(
            name_of(one, market),
            one.verdict,
            one.reason or "",
            money(one.amount_cents),
            money(one.effective_cents),
            score(one.score) if one.score else "",
            money(one.price_cents),
            money(one.charged_cents),
        )
    display.console.print(table)


def show_next_steps(
    display: Display, market: Market, tenant_id: str, admin_token: str, outcome: Outcome
) -> None:
    """How to go on by hand, with lines that can be pasted."""
    secrets = market.sources[outcome.post.source].secrets
    lead = outcome.answer.lead_public_id if outcome.answer else ""
    flow = outcome.answer.flow_id if outcome.answer else ""
    display.say(
        f"\nThe stack goes on running. The first act's tenant:\n"
        f"  API          {market.api_url}\n"
        f"  Tenant       {tenant_id}\n"
        f"  Admin token  {admin_token}\n"
        f"  Source       {outcome.post.source}: bearer token {secrets.bearer_token}\n"
        f"               key {secrets.api_key}, secret {secrets.api_secret}\n\n"
        "Try it (paste these lines):\n"
        f"API='{market.api_url}'\n"
        f"ADMIN='Authorization: Bearer {admin_token}'\n"
        f"SOURCE='Authorization: Bearer {secrets.bearer_token}'\n"
        "# The lead and the decision record from above\n"
        f'curl -s -H "$ADMIN" "$API/leads/{lead}" | python3 -m json.tool\n'
        f'curl -s -H "$ADMIN" "$API/flows/{flow}" | python3 -m json.tool\n'
        "# A lead of your own: sold to Austin Solar for 70.00, duplicate the second time\n"
        'curl -s -H "$SOURCE" "$API/leads" -d \'{"first_name":"Mary","last_name":"Dow",'
        '"email":"mary.dow@example.com","phone":"5125550187","zip":"78701",'
        '"homeowner":true,"monthly_bill":300}\' | python3 -m json.tool'
    )
