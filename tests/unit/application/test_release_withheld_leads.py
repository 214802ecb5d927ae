"""What becomes of a token: it ends, stays, is replaced, or was none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application.release_withheld_leads import (
    AGE_MAX,
    RECEIVES_MAX,
    Redemption,
    standing_token,
)
from leadflow.application.withheld_ports import Message
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import LeadStatus
from tests.builders import TENANT_ID, lead
from tests.fakes.withheld import MemoryQueue
from tests.unit.application.withheld_world import CHAIN, IN_TIME, TOKEN, Waiting, waiting
from tests.unit.domain.bidding_examples import NOW

WORN_OUT = (replace(TOKEN, sent_at=NOW - AGE_MAX), replace(TOKEN, receives=RECEIVES_MAX))
ALMOST = (
    replace(TOKEN, sent_at=NOW - AGE_MAX + timedelta(seconds=1)),
    replace(TOKEN, receives=RECEIVES_MAX - 1),
)


def test_a_token_releases_a_lead_and_ends() -> None:
    world = Waiting.of(waiting(1), waiting(2))
    redeemed = world.redeem(TOKEN, IN_TIME)
    assert (redeemed.redemption, redeemed.redemption.is_kept) == (Redemption.RELEASED, False)
    assert redeemed.tried
    assert redeemed.tried.lead_id == waiting(1).id
    assert not world.queue.tokens


def test_a_token_for_nobody_ends() -> None:
    world = Waiting.of(lead(status=LeadStatus.ASSIGNED))
    redemption = world.redeem(TOKEN, IN_TIME).redemption
    assert (redemption, redemption.is_kept) == (Redemption.NONE_WAITING, False)


def test_a_token_without_room_is_kept() -> None:
    world = Waiting.of(waiting(1), room=0)
    redemption = world.redeem(TOKEN, IN_TIME).redemption
    assert (redemption, redemption.is_kept) == (Redemption.BLOCKED, True)


def test_a_token_that_comes_too_late_in_an_invocation_is_kept() -> None:
    redemption = Waiting.of(waiting(1)).redeem(TOKEN, NOW).redemption
    assert (redemption, redemption.is_kept) == (Redemption.POSTPONED, True)


@pytest.mark.parametrize("token", WORN_OUT, ids=["age", "receives"])
def test_a_worn_out_token_without_room_is_replaced_by_one_for_all(token: Message) -> None:
    world = Waiting.of(waiting(1), room=0)
    for _ in range(2):
        redemption = world.redeem(token, IN_TIME).redemption
        assert (redemption, redemption.is_kept) == (Redemption.REPLACED, False)
    assert world.queue.tokens == [standing_token(TENANT_ID, NOW)]
    assert world.queue.tokens[0].is_chain


@pytest.mark.parametrize("token", ALMOST, ids=["age", "receives"])
def test_a_token_that_is_not_worn_out_yet_is_kept(token: Message) -> None:
    world = Waiting.of(waiting(1), room=0)
    assert world.redeem(token, IN_TIME).redemption is Redemption.BLOCKED


def test_a_worn_out_token_with_room_is_as_good_as_any() -> None:
    world = Waiting.of(waiting(1))
    redeemed = world.redeem(WORN_OUT[1], IN_TIME)
    assert redeemed.redemption is Redemption.RELEASED


def test_a_token_that_cannot_be_replaced_is_not_given_up() -> None:
    world = Waiting.of(waiting(1), room=0)
    world.queue = MemoryQueue(fault=TransientFault("down"))
    with pytest.raises(TransientFault):
        world.redeem(WORN_OUT[1], IN_TIME)


def test_chain_tokens_let_everybody_out() -> None:
    world = Waiting.of(*(waiting(number) for number in range(1, 5)))
    links = 0
    tokens = [CHAIN]
    while tokens:
        world.redeem(tokens.pop(), IN_TIME)
        tokens = [CHAIN for one in world.queue.tokens[links:] if one.is_chain]
        links = len(world.queue.tokens)
    assert links == 3
    assert {one.status for one in world.leads.stored.values()} == {LeadStatus.PROCESSING}


def test_a_chain_whose_next_link_cannot_be_sent_has_released_its_lead() -> None:
    world = Waiting.of(waiting(1), waiting(2))
    world.queue = MemoryQueue(fault=TransientFault("down"))
    assert world.redeem(CHAIN, IN_TIME).redemption is Redemption.RELEASED


@pytest.mark.parametrize(
    "body",
    ["", "no JSON", "{}", "[]", '{"tenant_id": 5}', f'{{"tenant_id":"{TENANT_ID}","x":1}}'],
)
def test_what_is_no_token_is_set_aside_and_ends(body: str) -> None:
    world = Waiting.of(waiting(1))
    redemption = world.redeem(replace(TOKEN, body=body), IN_TIME).redemption
    assert (redemption, redemption.is_kept) == (Redemption.MALFORMED, False)
    assert world.queue.aside == [replace(TOKEN, body=body)]
    assert world.leads.stored[waiting(1).id] == waiting(1)


def test_a_token_among_those_of_another_tenant_is_none() -> None:
    world = Waiting.of(waiting(1))
    assert (
        world.redeem(replace(TOKEN, group="tenant_x"), IN_TIME).redemption is Redemption.MALFORMED
    )
