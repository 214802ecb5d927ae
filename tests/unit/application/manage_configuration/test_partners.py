from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application.manage_configuration.sources import PARTNER_SOURCES_MAX
from leadflow.domain.errors import Conflict
from leadflow.domain.identifiers import SourceId
from leadflow.domain.partners import PARTNERS_MAX
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    STAMP,
    configuration,
    numbered,
    partner,
    ping_exchange,
    source,
)
from tests.fakes.workbench import Workbench, refusal_of, small
from tests.unit.application.manage_configuration.partner_examples import (
    PING,
    POST,
    made,
    mapped,
    new,
)
from tests.unit.domain.bidding_examples import NOW


def test_a_partner_starts_with_the_defaults() -> None:
    shown = small().create("partners", **new(ping=PING, post=POST))
    assert (shown["show_returned_status"], shown["exclude_returned_from_payout"]) == (True, False)
    assert (shown["ping_configured"], shown["post_configured"]) == (True, True)
    assert shown["auto_pause"] == {
        "enabled": True,
        "share_percentage": 50,
        "minimum_calls": 20,
        "window_minutes": 10,
    }
    same = {"method": "POST", "format": "json", "active": True, "auth": {"type": "none"}}
    assert shown["ping"].items() >= {**same, "timeout_seconds": 5}.items()
    assert shown["post"].items() >= {**same, "timeout_seconds": 10}.items()
    assert shown["post"]["treat_unknown_as"] == "sold"


def test_a_partner_may_receive_nothing() -> None:
    shown = small().create("partners", **new())
    assert (shown["ping_configured"], shown["post_configured"]) == (False, False)
    assert not {"ping", "post", "offer_penalty_percentage"} & shown.keys()


def test_a_name_is_taken_by_live_partners_only() -> None:
    bench = small()
    first = made(bench)
    assert set(bench.mistakes_of_new("partners", **new(name="BUYER"))) == {"name"}
    assert bench.change("partners", first, name="Buyer")["version"] == 2
    bench.archive("partners", first)
    made(bench)


def test_a_tenant_has_so_many_live_partners_at_most() -> None:
    full = [partner(number) for number in range(PARTNERS_MAX)]
    bench = Workbench.on(configuration(partners=tuple(full)))
    assert set(bench.mistakes_of_new("partners", **new())) == {"name"}
    bench.archive("partners", full[0].id)
    made(bench)


def test_an_exchange_is_replaced_as_a_whole_and_taken_away_by_null() -> None:
    bench = small()
    partner_id = made(bench, ping={**PING, "timeout_seconds": 9}, post=POST)
    assert bench.change("partners", partner_id, ping=PING)["ping"]["timeout_seconds"] == 5
    shown = bench.change("partners", partner_id, ping=None)
    assert (shown["ping_configured"], shown["post_configured"]) == (False, True)


def test_switching_an_exchange_on_ends_its_own_pause() -> None:
    paused = {"active": False, "paused_reason": "timeouts", "paused_at": NOW}
    bench = Workbench.on(configuration(partners=(partner(ping=ping_exchange(**paused)),)))
    partner_id = partner().id
    told = bench.show("partners", partner_id)["ping"]
    assert (told["active"], told["paused_reason"], told["paused_at"]) == (
        False,
        "timeouts",
        "2026-03-11T12:00:00Z",
    )
    bench.clock.at += timedelta(hours=1)
    still = bench.change("partners", partner_id, ping={**told, "timeout_seconds": 9})["ping"]
    assert still["paused_reason"] == "timeouts"
    on = bench.change("partners", partner_id, ping={**told, "active": True})["ping"]
    assert not {"paused_reason", "paused_at"} & on.keys()
    stored = bench.store.newest.partners[partner_id].ping
    assert stored is not None
    assert (stored.active, stored.active_since) == (True, bench.clock.at)


def test_an_exchange_that_stays_on_has_been_on_all_the_time() -> None:
    bench = small()
    partner_id = made(bench, ping=PING)
    started = bench.clock.at
    bench.clock.at += timedelta(hours=1)
    bench.change("partners", partner_id, ping={**PING, "timeout_seconds": 9})
    stored = bench.store.newest.partners[partner_id].ping
    assert stored is not None
    assert stored.active_since == started
    bench.change("partners", partner_id, ping={**PING, "active": False})
    off = bench.store.newest.partners[partner_id].ping
    assert off is not None
    assert (off.active, off.active_since, off.paused_reason) == (False, started, None)


def test_a_source_is_given_to_a_live_partner_and_freed_before_another_gets_it() -> None:
    bench = small()
    first, second = made(bench), made(bench, name="Second")
    assert bench.change("sources", SOURCE_ID, partner_id=first)["partner_id"] == first
    assert bench.change("sources", SOURCE_ID, partner_id=first)["partner_id"] == first
    assert set(bench.mistakes_of("sources", SOURCE_ID, partner_id=second)) == {"partner_id"}
    assert "partner_id" not in bench.change("sources", SOURCE_ID, partner_id=None)
    assert bench.change("sources", SOURCE_ID, partner_id=second)["partner_id"] == second


def test_archived_sources_remember_their_partner() -> None:
    bench = small()
    partner_id = made(bench)
    bench.change("sources", SOURCE_ID, partner_id=partner_id)
    bench.archive("sources", SOURCE_ID)
    bench.archive("partners", partner_id)
    assert bench.show("sources", SOURCE_ID)["partner_id"] == partner_id


def test_a_partner_has_no_more_sources_than_can_be_freed_at_once() -> None:
    theirs = {
        SourceId(numbered("source", number)): source(
            id=numbered("source", number), partner_id=partner().id
        )
        for number in range(1, PARTNER_SOURCES_MAX + 1)
    }
    start = configuration(partners=(partner(),))
    bench = Workbench.on(replace(start, sources={**start.sources, **theirs}))
    found = bench.mistakes_of("sources", SOURCE_ID, partner_id=partner().id)
    assert set(found) == {"partner_id"}


def test_a_field_that_a_partner_is_sent_cannot_go() -> None:
    bench = small()
    bench.change("lead-categories", CATEGORY_ID, fields=[{"title": "roof", "type": "text"}])
    partner_id = made(bench, post={**POST, "mapping": mapped("Roof: {{ roof }}")})
    with pytest.raises(Conflict) as refused:
        bench.change("lead-categories", CATEGORY_ID, fields=[])
    assert refusal_of(refused) == ("in_use", "The field roof is in use by: partner Buyer.")
    bench.archive("partners", partner_id)
    bench.change("lead-categories", CATEGORY_ID, fields=[])


def test_the_stamp_moves_with_a_partner() -> None:
    bench = small()
    made(bench)
    assert bench.store.newest.stamp == STAMP + 1
