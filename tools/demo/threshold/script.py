"""What the third act posts, and what must become of it; amounts are cents, worked out by hand.

Two customers bid for one county on a grid of 10.00 to 100.00 in steps of 10.00. The first one pays
50.00 a lead, the step above the other's bid, as long as its money lasts: for four leads. Then the
other one is alone and pays the minimum. So it shows in the charges who was released first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.demo.client import Body

AT_FIRST, LATER = 3, 6
"""The limit on leads, and what it is raised to."""

FIRST, SECOND = "First Roof", "Second Roof"
DEPOSITS: Mapping[str, int] = {FIRST: 20_000, SECOND: 10_000}
BIDS: Mapping[str, int] = {FIRST: 6_000, SECOND: 4_000}
STEP_ABOVE_SECOND, MINIMUM = 5_000, 1_000
PAYOUT_PERCENTAGE = 50


@dataclass(frozen=True)
class Planned:
    """One lead: its answer when it is posted, and who must have it in the end, for how much."""

    first_name: str
    status: str
    buyer: str
    charged_cents: int

    @property
    def body(self) -> Body:
        """What is posted."""
        return {
            "first_name": self.first_name,
            "last_name": "Stone",
            "email": f"{self.first_name.lower()}.stone@example.com",
            "phone": "512-555-0161",
            "zip": "78701",
        }


LEADS: Sequence[Planned] = (
    Planned("Ann", "assigned", FIRST, STEP_ABOVE_SECOND),
    Planned("Ben", "assigned", FIRST, STEP_ABOVE_SECOND),
    Planned("Cleo", "assigned", FIRST, STEP_ABOVE_SECOND),
    Planned("Dan", "withheld", FIRST, STEP_ABOVE_SECOND),
    Planned("Eve", "withheld", SECOND, MINIMUM),
    Planned("Finn", "withheld", SECOND, MINIMUM),
)
