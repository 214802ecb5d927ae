"""Worlds in which a promise is kept or lapses."""

from collections.abc import Callable

from leadflow.domain.decisions import AttemptStatus, Decision
from leadflow.domain.pings import Ping
from tests.unit.application.ping_world import World
from tests.unit.domain.bidding_examples import customer

FAILED, SUCCESS = AttemptStatus.FAILED, AttemptStatus.SUCCESS


def checked(world: World, ping: Ping) -> Decision:
    """Post the lead of a ping; what the first attempt of the post said of the promised one."""
    world.post(ping)
    record = world.record(ping.flow_id)
    return next(one for one in record.decisions if one.phase == "post")


def of_customer(**changes: object) -> Callable[[World], None]:
    return lambda world: world.change_buyer(customer(1).model_copy(update=changes))
