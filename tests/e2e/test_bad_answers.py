"""Answers of partners that mean nothing are recorded, and the lead goes to the bid behind."""

import time
from collections.abc import Iterator

import pytest

from tests.e2e.shop import expect, lead
from tests.e2e.trade import (
    HANGING_SECONDS,
    PATIENCE_SECONDS,
    Partner,
    Trade,
    highest_price,
    ping_exchange,
    reasons_by_id,
)
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner
from tools.stub_partner.certificates import self_signed

# What has to be minutes old in a later module is made now.
pytestmark = pytest.mark.usefixtures("watched")

FUNDS = 50_000
SILENT = {"drip", "hang"}
FLOW_SECONDS_MAX = PATIENCE_SECONDS + 6.0


def _says(price: object) -> Behaviour:
    return Behaviour(act=Act.CUSTOM, body=f'{{"status": "accepted", "price": {price}}}')


INVALID, NO_PRICE = "partner_ping_invalid_response", "partner_ping_no_price"
BAD_PINGS: dict[str, tuple[Behaviour, str]] = {
    "negative": (_says(-20), NO_PRICE),
    "negative text": (_says('"-20"'), NO_PRICE),
    "zero": (_says(0), NO_PRICE),
    "below a cent": (_says(0.004), NO_PRICE),
    "huge": (_says("9" * 40), NO_PRICE),
    "exponent": (_says("1e999999999"), NO_PRICE),
    "with a unit": (_says('"12.5abc"'), NO_PRICE),
    "with a comma": (_says('"1,250"'), NO_PRICE),
    "text": (_says('"much"'), NO_PRICE),
    "true": (_says("true"), NO_PRICE),
    "list": (_says("[20]"), NO_PRICE),
    "null": (_says("null"), NO_PRICE),
    "nan": (_says("NaN"), INVALID),
    "infinity": (_says("Infinity"), INVALID),
    "nothing": (Behaviour(act=Act.CUSTOM), INVALID),
    "path finds nothing": (Behaviour(act=Act.CUSTOM, body='{"status":"accepted"}'), NO_PRICE),
    "another shape": (Behaviour(act=Act.CUSTOM, body="[1, 2]"), "partner_ping_declined"),
    "deep": (Behaviour(act=Act.CUSTOM, body="[" * 50_000), INVALID),
    "garbage": (Behaviour(act=Act.GARBAGE), INVALID),
    "no http": (Behaviour(act=Act.RAW, body="hello\r\n\r\n"), INVALID),
    "gzip bomb": (Behaviour(act=Act.GZIP_BOMB), INVALID),
    "100 MB": (Behaviour(act=Act.OVERSIZE), INVALID),
    "broken off": (Behaviour(act=Act.BREAK_OFF), INVALID),
    "dropped": (Behaviour(act=Act.DROP), INVALID),
    "drip": (Behaviour(act=Act.DRIP), "partner_ping_timeout"),
    "hang": (Behaviour(act=Act.HANG), "partner_ping_timeout"),
    "redirect": (
        Behaviour(act=Act.REDIRECT, location="http://169.254.169.254/"),
        "partner_ping_http_error",
    ),
    "error": (Behaviour(act=Act.STATUS, status=500), "partner_ping_http_error"),
    "duplicate": (Behaviour(act=Act.DUPLICATE), "partner_ping_duplicate"),
    "refused": (Behaviour(act=Act.REFUSE), "partner_ping_declined"),
}


@pytest.fixture
def untrusted() -> Iterator[StubPartner]:
    """A partner whose certificate nobody knows."""
    with stub_partner(tls=self_signed().server) as stub:
        yield stub


def test_no_answer_to_a_ping_keeps_the_lead_from_the_bid_behind(
    trade: Trade, untrusted: StubPartner
) -> None:
    bid = trade.shop.bid(trade.shop.customer(FUNDS), 5000)
    partners = {
        name: trade.partner("90", timeout_seconds=_patience_with(name)) for name in BAD_PINGS
    }
    for name, partner in partners.items():
        partner.behave("ping", BAD_PINGS[name][0])
    unreachable = {
        "untrusted": untrusted.script("/ping", Behaviour(price="90")),
        "closed": "http://127.0.0.1:9/ping",
        "unknown name": "https://nobody.invalid/ping",
    }
    partners |= {name: _pinged_at(trade, url) for name, url in unreachable.items()}
    source = trade.shop.source()
    # Once before, so that no process has to start within the time that is measured.
    trade.plan(highest_price([partners["refused"]]))
    expect(source.post(lead()), 201)
    trade.plan(highest_price(list(partners.values())))

    started = time.monotonic()
    answer = expect(source.post(lead()), 201)
    taken = time.monotonic() - started

    assert (answer["status"], taken < FLOW_SECONDS_MAX) == ("assigned", True)
    assert trade.sold(answer)["assignment"]["bid_id"] == bid
    told = reasons_by_id(trade.flow(answer))
    wanted = {name: reason for name, (_, reason) in BAD_PINGS.items()}
    wanted |= dict.fromkeys(unreachable, "partner_ping_connection_failed")
    assert {name: told[partner.id] for name, partner in partners.items()} == wanted
    assert untrusted.calls == ()


BAD_POSTS: dict[str, tuple[Behaviour, str]] = {
    "garbage": (Behaviour(act=Act.GARBAGE), "partner_post_unknown"),
    "broken off": (Behaviour(act=Act.BREAK_OFF), "partner_post_unknown"),
    "dropped": (Behaviour(act=Act.DROP), "partner_post_unknown"),
    "gzip bomb": (Behaviour(act=Act.GZIP_BOMB), "partner_post_unknown"),
    "100 MB": (Behaviour(act=Act.OVERSIZE), "partner_post_unknown"),
    "drip": (Behaviour(act=Act.DRIP), "partner_post_unknown"),
    "hang": (Behaviour(act=Act.HANG), "partner_post_unknown"),
    "redirect": (Behaviour(act=Act.REDIRECT), "partner_post_http_error"),
    "error": (Behaviour(act=Act.STATUS, status=503), "partner_post_http_error"),
    "duplicate": (Behaviour(act=Act.DUPLICATE), "partner_post_duplicate"),
    "refused": (Behaviour(act=Act.REFUSE), "partner_post_declined"),
}


def test_no_answer_to_a_post_keeps_the_lead_from_the_bid_behind(trade: Trade) -> None:
    bid = trade.shop.bid(trade.shop.customer(FUNDS), 5000)
    partners = {
        name: trade.partner(
            "90", behaviour, treat_unknown_as="not_sold", timeout_seconds=_patience_with(name)
        )
        for name, (behaviour, _) in BAD_POSTS.items()
    }
    trade.plan(highest_price(list(partners.values())))

    answer = expect(trade.shop.source().post(lead()), 201)

    assert trade.sold(answer)["assignment"]["bid_id"] == bid
    told = reasons_by_id(trade.flow(answer))
    wanted = {name: reason for name, (_, reason) in BAD_POSTS.items()}
    assert {name: told[partner.id] for name, partner in partners.items()} == wanted
    assert {len(partner.lead_ids) for partner in partners.values()} == {1}


def _patience_with(name: str) -> int:
    return HANGING_SECONDS if name in SILENT else PATIENCE_SECONDS


def _pinged_at(trade: Trade, url: str) -> Partner:
    partner = trade.partner("90")
    change = {"ping": ping_exchange(url)}
    expect(trade.shop.client.patch(f"/partners/{partner.id}", json=change), 200)
    return partner
