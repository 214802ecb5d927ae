"""A clock that stands still."""

from dataclasses import dataclass
from datetime import datetime

from tests.unit.domain.bidding_examples import NOW


@dataclass
class FixedClock:
    """Implements `Clock`; tests move `at`."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at
