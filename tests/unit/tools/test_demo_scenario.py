"""The demo's scenario: varied enough, and possible with the money and limits that it names."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import phonenumbers
import pytest

from leadflow.domain.money import round_half_up, share
from tools.demo.leads import EXPLAINED, POSTS, WEBSITE_PAYOUTS, Post
from tools.demo.market import BUYERS, LEAD_TYPES, OFFERS, SOURCES, WEBSITE
from tools.demo.people import PEOPLE_MAX, PLACES, person

POSTS_MIN = 50


def charges() -> Mapping[str, int]:
    """What each bid is expected to pay in all."""
    paid: Counter[str] = Counter()
    for post in POSTS:
        if post.expected.offer is not None and post.expected.charged_cents is not None:
            paid[post.expected.offer] += post.expected.charged_cents
    return paid


def person_of(post: Post) -> tuple[object, object]:
    content = post.content if isinstance(post.content, dict) else {}
    return content.get("email"), content.get("phone")


def test_there_are_enough_leads() -> None:
    assert len(POSTS) >= POSTS_MIN


def test_every_way_to_end_occurs() -> None:
    statuses = {post.expected.status for post in POSTS if post.expected.status}
    assert statuses == {"assigned", "duplicate", "unassigned", "uncategorized", "audit"}
    assert {post.expected.http_status for post in POSTS} == {201, 400, 401, 422}


def test_a_bid_of_every_scope_wins() -> None:
    assert {OFFERS[won].scope for won in charges()} == {"county", "state", "nationwide"}


def test_everybody_who_is_expected_to_be_sold_is_somebody_else() -> None:
    sold = [person_of(post) for post in POSTS if post.expected.offer]
    assert len(set(sold)) == len(sold)


@pytest.mark.parametrize("city", PLACES)
def test_everybody_has_a_real_kind_of_phone_number(city: str) -> None:
    for number in (0, PEOPLE_MAX - 1):
        phone = phonenumbers.parse(str(person(number, city)["phone"]), "US")
        assert phonenumbers.is_valid_number(phone)


def test_nobody_is_expected_to_pay_more_than_it_has() -> None:
    for name, buyer in BUYERS.items():
        own = (offer for offer, one in OFFERS.items() if one.buyer == name)
        assert sum(charges().get(offer, 0) for offer in own) <= buyer.balance_cents


def test_every_bid_is_on_a_type_and_of_a_buyer_that_exist() -> None:
    assert {offer.lead_type for offer in OFFERS.values()} <= set(LEAD_TYPES)
    assert {offer.buyer for offer in OFFERS.values()} == set(BUYERS)


def test_the_payouts_worked_out_by_hand_follow_the_rule() -> None:
    percentage = SOURCES[WEBSITE]["payout_percentage"]
    for charged, payout in WEBSITE_PAYOUTS.items():
        assert round_half_up(share(charged, Decimal(str(percentage)))) == payout


def test_the_lead_that_is_explained_is_the_one_with_the_reduced_bid() -> None:
    assert POSTS[EXPLAINED].expected.offer == "peach"


def test_the_readme_counts_the_leads() -> None:
    readme = Path(__file__).parents[3] / "README.md"
    assert f"posts {len(POSTS)} leads" in readme.read_text()
