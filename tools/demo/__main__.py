"""`make demo`: sell varied leads on this machine, explain each one, and check the books.

Four acts, each in a tenant of its own: bidding; partners, pings and the other methods; a
subscription's threshold; the marketplace with an import and demands. Exit code 0: everything is as
it should be. 1: something is not, or the stack could not be used; the list of what was wrong is the
last thing printed. 130: interrupted.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from tools.demo.bidding import FirstAct, first_act
from tools.demo.client import ApiError, Management, caller
from tools.demo.display import Display, show_next_steps
from tools.demo.marketplace.act import FourthAct, close_trade, open_trade
from tools.demo.marketplace.checks import expected_sales
from tools.demo.ping_post.act import SecondAct, second_act
from tools.demo.ping_post.script import STEPS
from tools.demo.threshold.act import ThirdAct, third_act
from tools.demo.threshold.script import LEADS
from tools.local_stack import StackError, create_tenant, default_directory, start_stack
from tools.local_stack.layout import Layout
from tools.local_stack.progress import Progress

TENANT_NAMES = ("Demo of bidding", "Demo of ping-post", "Demo of a threshold", "Demo of a market")
FAILED, INTERRUPTED = 1, 130


@dataclass(frozen=True)
class _Tenant:
    """A new tenant."""

    id: str
    token: str
    api: Management


def demonstrate(display: Display) -> Sequence[str]:
    """The whole demo; what is wrong, or nothing. Raises StackError or ApiError when it breaks."""
    progress = Progress()
    stack = start_stack(default_directory(), progress=progress)
    with progress.step("Create four tenants"):
        tenants = [_tenant(stack.api_url, name) for name in TENANT_NAMES]
        bidding, ping_post, limited, market = tenants
    display.headline("First act: bids for leads")
    first = first_act(bidding.api, stack.api_url, display, progress.step)
    display.headline("Second act: partners, ping-post and the other methods")
    second = second_act(ping_post.api, stack.api_url, display, progress.step)
    display.headline("The fourth act begins: an auction, an import and demands take a minute")
    opened = open_trade(market.api, stack.api_url, display, progress.step)
    display.headline("Third act: a threshold, and the leads that wait behind it")
    third = third_act(limited.api, stack.api_url, display, progress.step)
    display.headline("Fourth act: how the auction and the demand ended")
    fourth = close_trade(opened, display, progress.step)
    show_next_steps(display, first.market, bidding.id, bidding.token, first.explained)
    display.say(
        f"\nThe second act's tenant, whose partners and Real Estate API end with the demo:\n"
        f"  Tenant       {ping_post.id}\n"
        f"  Admin token  {ping_post.token}\n\n"
        "`make stop` ends the stack and keeps everything."
    )
    acts = first, second, third, fourth
    problems = [problem for act in acts for problem in act.problems]
    _conclude(display, acts, problems, progress.elapsed_seconds)
    return problems


def _tenant(api_url: str, name: str) -> _Tenant:
    made = create_tenant(default_directory(), name)
    return _Tenant(made.tenant_id, made.admin_token, caller(api_url, made.admin_token))


def _conclude(
    display: Display,
    acts: tuple[FirstAct, SecondAct, ThirdAct, FourthAct],
    problems: Sequence[str],
    elapsed_seconds: float,
) -> None:
    first, second, _, _ = acts
    display.say()
    if problems:
        display.say(f"{len(problems)} things are not as they should be:", style="bold red")
        for problem in problems:
            display.say(f"  - {problem}", style="red")
        return
    leads = len(first.outcomes) + len(LEADS) + len(expected_sales())
    display.say(
        f"All {leads} leads and {len(STEPS)} further calls became what they should "
        f"({elapsed_seconds:.0f} s).\n"
        f"The ledger adds up: {sum(act.charges for act in acts)} charges, "
        f"{_dollars(sum(act.charged_cents for act in acts))} in all. "
        f"Apart from it, partners owe {_dollars(second.owed_cents)} for {second.posted} leads.",
        style="bold green",
    )


def _dollars(cents: int) -> str:
    return f"{cents / 100:,.2f}"


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
