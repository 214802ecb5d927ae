"""Takers, rotations and stages for tests of Round Robin."""

from leadflow.domain.decisions import Kind
from leadflow.domain.identifiers import StageId
from leadflow.domain.plans import Choice, RoundRobinSettings, RoundRobinStage
from leadflow.domain.rotations import RotationState, Taker
from tests.builders import numbered, partner
from tests.unit.domain.bidding_examples import customer

EVERYBODY = Choice(enabled=True)
NOBODY = Choice()
PRICE = 500
"""The flat price, in cents."""


def round_robin(number: int = 0, **changes: object) -> RoundRobinStage:
    """A stage in which all customers and partners take part; changes are those of its settings."""
    settings = RoundRobinSettings(price_cents=PRICE, customers=EVERYBODY, partners=EVERYBODY)
    return RoundRobinStage(
        id=StageId(numbered("stage", number)),
        name=f"Stage {number}",
        settings=settings.model_copy(update=changes),
    )


def rotation() -> RotationState:
    """A stage that has handed out nothing yet."""
    return RotationState(stage_id=round_robin().id)


def buyer(number: int) -> Taker:
    """A customer in the rotation."""
    return Taker(Kind.CUSTOMER, customer(number).id)


def receiver(number: int) -> Taker:
    """A partner in the rotation."""
    return Taker(Kind.PARTNER, partner(number).id)
