"""`make demo`: sell varied leads on this machine, explain each one, and check the books.

Exit code 0: everything is as it should be. 1: something is not, or the stack could not be used;
the list of what was wrong is the last thing printed. 130: interrupted.
"""

import sys
from dataclasses import dataclass

import httpx

from tools.demo.books import read_bids, read_books, read_wallets
from tools.demo.checks import bid_problems, ledger_problems, limit_problems, outcome_problems
from tools.demo.client import ApiError, Management, administrator
from tools.demo.configure import Market, configure
from tools.demo.display import Display, show_decisions, show_next_steps, show_wallets
from tools.demo.explain import explain
from tools.demo.leads import EXPLAINED, POSTS
from tools.demo.market import OFFERS, POSITIONS_BEFORE, STATUSES_AFTER, STATUSES_BEFORE
from tools.demo.posting import Outcome, post
from tools.demo.wire import Bid, Wallet
from tools.local_stack import StackError, create_tenant, default_directory, start_stack
from tools.local_stack.layout import Layout
from tools.local_stack.progress import Progress

TENANT_NAME = "Demo"
FAILED, INTERRUPTED = 1, 130


@dataclass(frozen=True)
class Demo:
    """A configured tenant, and where to show what happens to it."""

    api: Management
    market: Market
    display: Display

    def run(self) -> tuple[list[Outcome], list[str]]:
        """Post the leads; the outcomes and what is wrong, in the order found."""
        before, bids = read_wallets(self.api, self.market), read_bids(self.api, self.market)
        problems = list(bid_problems(bids, STATUSES_BEFORE, POSITIONS_BEFORE))
        outcomes = []
        with self.display.live(len(POSTS)) as table:
            for number, planned in enumerate(POSTS, start=1):
                outcome = post(self.api, self.market, number, planned)
                found = list(outcome_problems(outcome, self.market))
                table.add(explain(outcome, self.market), as_expected=not found)
                problems += found
                outcomes.append(outcome)
        return outcomes, problems + self._settled(before, outcomes)

    def _settled(self, before: dict[str, Wallet], outcomes: list[Outcome]) -> list[str]:
        books, bids = read_books(self.api, self.market), read_bids(self.api, self.market)
        show_wallets(self.display, before, books, _by_owner(bids))
        explained = outcomes[EXPLAINED]
        if explained.flow is not None:
            show_decisions(self.display, explained, explained.flow, self.market)
        return [
            *ledger_problems(books, self.market, outcomes),
            *limit_problems(self.market, outcomes),
            *bid_problems(bids, STATUSES_AFTER, {}),
        ]


def _by_owner(bids: dict[str, Bid]) -> dict[str, list[Bid]]:
    owned: dict[str, list[Bid]] = {offer.buyer: [] for offer in OFFERS.values()}
    for name, bid in bids.items():
        owned[OFFERS[name].buyer].append(bid)
    return owned


def demonstrate(display: Display) -> list[str]:
    """The whole demo; what is wrong, or nothing. Raises StackError or ApiError when it breaks."""
    progress = Progress()
    stack = start_stack(default_directory(), progress=progress)
    with progress.step("Create a tenant"):
        tenant = create_tenant(default_directory(), TENANT_NAME)
    api = administrator(stack.api_url, tenant.admin_token)
    market = configure(api, stack.api_url, progress.step)
    outcomes, problems = Demo(api, market, display).run()
    show_next_steps(display, market, tenant.tenant_id, tenant.admin_token, outcomes[EXPLAINED])
    _conclude(display, outcomes, problems, progress.elapsed_seconds)
    return problems


def _conclude(
    display: Display, outcomes: list[Outcome], problems: list[str], elapsed_seconds: float
) -> None:
    display.say()
    if problems:
        display.say(f"{len(problems)} things are not as they should be:", style="bold red")
        for problem in problems:
            display.say(f"  - {problem}", style="red")
        return
    charges = [one.lead.assignment for one in outcomes if one.lead and one.lead.assignment]
    total = sum(one.charged_cents for one in charges) / 100
    display.say(
        f"All {len(outcomes)} leads became what they should ({elapsed_seconds:.0f} s). "
        f"The ledger adds up: {len(charges)} charges, {total:,.2f} in all.",
        style="bold green",
    )


def main() -> int:
    """Run the demo; the exit code."""
    try:
        return FAILED if demonstrate(Display()) else 0
    except (StackError, ApiError) as error:
        print(f"\n{error}", file=sys.stderr)
    except httpx.HTTPError as error:
        log = Layout(default_directory()).log
        print(f"\nThe API stopped answering: {error}\nIts log: {log}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted. The stack goes on running.", file=sys.stderr)
        return INTERRUPTED
    return FAILED


if __name__ == "__main__":
    raise SystemExit(main())
