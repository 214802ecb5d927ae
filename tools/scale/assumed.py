"""What the simulations assume: times that AWS does not publish, and bounds that the code sets.

The times are round figures for a warm stack within one Region. They were not measured on AWS;
`docs/scale.md` shows what half and twice as much would do. A test holds the bounds to the code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Latencies:
    """Seconds of one try to sell: read, decide, hold the items in a transaction, hear of it."""

    read: float = 0.010
    decide: float = 0.010
    held: float = 0.010
    reply: float = 0.005

    @property
    def whole(self) -> float:
        """Seconds of a try that nobody gets in the way of."""
        return self.read + self.decide + self.held + self.reply

    def times(self, factor: float) -> "Latencies":
        """All of them longer or shorter."""
        return Latencies(
            self.read * factor, self.decide * factor, self.held * factor, self.reply * factor
        )


@dataclass(frozen=True)
class Patience:
    """A bounded loop: so many tries, with random waits up to a bound that doubles to a maximum."""

    tries: int
    wait_seconds: float
    wait_seconds_max: float

    def wait_bound(self, tried: int) -> float:
        """The longest wait behind so many tries."""
        doubled: float = self.wait_seconds * 2 ** (tried - 1)
        return min(self.wait_seconds_max, doubled)


AUCTIONS = Patience(tries=40, wait_seconds=0.01, wait_seconds_max=0.3)
"""Auctions of one task while others change the winner (`sell_at_highest_price.py`)."""

CONFLICTS = Patience(tries=12, wait_seconds=0.01, wait_seconds_max=0.4)
"""Tries of one transaction that meets others (`transactions.py`)."""

TASKS = Patience(tries=4, wait_seconds=1, wait_seconds_max=8)
"""Executions of one task (`distribution.asl.json`)."""

REFUSED_COST = 1.0
"""The share of its write units that a refused transaction takes: all of them.

DynamoDB documents that for a condition that fails, and says nothing of a conflict.
"""

PATIENCE_SECONDS = 25.0
"""How long a source waits for the outcome, unless it says less."""

POST_SECONDS = 0.05
"""What `submit_lead` does before the run."""

BIDS_SECONDS = 0.06
"""What a stage does that asks bids only."""

PARTNER_SECONDS = 0.3
"""What partners that answer take, ping and post together."""

HUNG_SECONDS = 24.0
"""A ping round of which a partner is silent: the patience, less a second for booking."""

SECONDS_BETWEEN_DRAWS = 0.06
"""Between storing a lead and selling it."""

RELEASE_SECONDS = 0.25
"""A withheld lead's release and its run, without partners."""
