"""Show what the second act came to: wallets, partners, and one lead's record and timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap

from rich.box import SIMPLE
from rich.columns import Columns
from rich.table import Table

from tools.demo.checks import Books
from tools.demo.display import Display
from tools.demo.explain import money, score
from tools.demo.ping_post.checks import owed_by_partners
from tools.demo.ping_post.configure import Shop
from tools.demo.ping_post.partners import path_of
from tools.demo.ping_post.play import Played
from tools.demo.wire import Decision, Event, Flow, Lead, Wallet
from tools.stub_partner import ReceivedCall

MILLISECONDS = 1_000
WIDTH = 96


@dataclass(frozen=True)
class Closed:
    """What can be read once the last step is played."""

    customers: Books
    leads: Sequence[Lead]
    calls: Sequence[ReceivedCall]


def show_buyers(display: Display, wallets: Mapping[str, Wallet], books: Closed, shop: Shop) -> None:
    """Customers and partners side by side, with what they bought; `wallets` are from before."""
    customers = _table(display, "Customers: charged at once", "Before After Leads")
    for name, wallet in wallets.items():
        after, leads = books.customers.wallets[name], books.customers.leads[name]
        money_then, money_now = money(wallet.balance_cents), money(after.balance_cents)
        customers.add_row(name, money_then, money_now, str(len(leads)))
    partners = _table(display, "Partners: settled elsewhere", "Pings Posts Leads Owes", "Partner")
    for name, (number, owed) in owed_by_partners(books.leads, shop).items():
        pings, posts = (_calls(books, name, exchange) for exchange in ("ping", "post"))
        partners.add_row(name, pings, posts, str(number), money(owed))
    display.console.print(Columns([customers, partners]))


def _calls(books: Closed, name: str, exchange: str) -> str:
    return str(sum(call.path == path_of(name, exchange) for call in books.calls))


def show_decisions(display: Display, played: Played, flow: Flow, shop: Shop) -> None:
    """The decision record of one lead: every candidate, and its way to the price."""
    title = f"Why call {played.number} went as it did: GET /flows/{flow.id}"
    table = Table(title=title, box=SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("Candidate", "Kind", "Verdict", "Reason"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Offer", "Less", "Score", "Price"):
        table.add_column(heading, justify="right")
    for one in flow.decisions:
        name = shop.name_of(one.candidate.customer_id or one.candidate.id)
        style = "bold" if one.verdict == "won" else None
        told = (name, one.candidate.kind, one.verdict, one.reason or "")
        table.add_row(*told, *_amounts(one), style=style)
    display.console.print(table)


def _amounts(one: Decision) -> tuple[str, ...]:
    return (
        money(one.amount_cents),
        f"{one.penalty_percentage:.0f} %" if one.penalty_percentage else "",
        score(one.score) if one.score else "",
        money(one.charged_cents),
    )


def show_timeline(display: Display, played: Played, flow: Flow) -> None:
    """What happened to one lead, in milliseconds since the flow began."""
    title = f"What happened to it, in milliseconds (call {played.number})"
    table = Table(title=title, box=SIMPLE)
    table.add_column("At", justify="right")
    for heading in ("Event", "Description", "Reason"):
        table.add_column(heading)
    for event in flow.timeline:
        table.add_row(
            _since(event, flow.timeline[0].at), event.event, event.description, event.reason or ""
        )
    display.console.print(table)


def _since(event: Event, began: datetime) -> str:
    return f"{(event.at - began).total_seconds() * MILLISECONDS:.0f}"


def show_enriched(display: Display, played: Played, lead: Lead) -> None:
    """What the Real Estate API knew of a lead's property and owner."""
    display.say(f"What the Real Estate API told of call {played.number}:", style="italic")
    for part, values in lead.enriched_data.items():
        told = ", ".join(_told(name, value) for name, value in values.items())
        for line in wrap(f"{part}: {told}", WIDTH, subsequent_indent="  "):
            display.say(f"  {line}")
    display.say()


def _told(name: str, value: object) -> str:
    if name.endswith("_cents") and isinstance(value, int):
        return f"{name.removesuffix('_cents')} {money(value)}"
    return f"{name} {len(value) if isinstance(value, list) else value}"


def _table(display: Display, title: str, numbers: str, first: str = "Customer") -> Table:
    table = Table(title=title, box=display.box)
    table.add_column(first)
    for heading in numbers.split():
        table.add_column(heading, justify="right")
    return table
