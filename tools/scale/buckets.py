"""Token buckets: what a service lets pass of a burst, and of what goes on."""

from dataclasses import dataclass, field


@dataclass
class Bucket:
    """So many tokens a second, and so many at most; full at the beginning."""

    rate: float
    size: float
    tokens: float = field(init=False)
    looked_at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.size

    def take(self, now: float, tokens: float = 1) -> bool:
        """Take tokens if there are as many; the clock never goes back."""
        self.tokens = min(self.size, self.tokens + (now - self.looked_at) * self.rate)
        self.looked_at = now
        if self.tokens < tokens:
            return False
        self.tokens -= tokens
        return True

    def give_back(self, tokens: float) -> None:
        """What was taken and not needed."""
        self.tokens = min(self.size, self.tokens + tokens)


def share_passed(bucket: Bucket, arrivals_per_second: int, seconds: int) -> float:
    """The share of evenly spaced arrivals that pass."""
    arrivals = arrivals_per_second * seconds
    passed = sum(bucket.take(number / arrivals_per_second) for number in range(arrivals))
    return passed / arrivals
