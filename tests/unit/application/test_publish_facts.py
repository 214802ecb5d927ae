"""Facts are told in order, whatever breaks off, and nothing that is unreadable holds them up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from leadflow.application.publish_facts import FACTS_AT_ONCE, Published, PublishFacts
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import LeadStatus
from leadflow.domain.stored_changes import Change, LeadChange
from leadflow.domain.told_facts import FactName, Told
from tests.builders import TENANT_ID, lead
from tests.fakes.stats import MemoryStats
from tests.fakes.streams import UNREADABLE, MemoryStream, MemoryUnread
from tests.unit.domain.return_examples import sold


@dataclass
class FaultyBus:
    """Implements `Bus`; call by call it fails as planned, and may have told the facts even so."""

    faults: Sequence[str | None] = ()
    told: list[Told] = field(default_factory=list)
    calls: int = 0

    def tell(self, facts: Sequence[Told]) -> None:
        fault = self.faults[self.calls] if self.calls < len(self.faults) else None
        self.calls += 1
        if fault != "refused":
            self.told += facts
        if fault:
            raise TransientFault("The bus did not take all facts.")


def life_of(number: int) -> list[Change]:
    """A lead that comes, is not assigned, runs again and is sold: three facts of four changes."""
    first = lead(number)
    second = first.model_copy(update={"status": LeadStatus.UNASSIGNED, "version": 2})
    third = first.model_copy(update={"version": 3})
    fourth = sold(number, version=4)
    return [
        LeadChange(TENANT_ID, None, first),
        *(LeadChange(TENANT_ID, *pair) for pair in pairwise([first, second, third, fourth])),
    ]


def all_told(changes: Sequence[Change | None]) -> list[Told]:
    return [told for change in changes if change for told in change.told()]


def publisher(
    stream: MemoryStream,
    bus: FaultyBus,
    unread: MemoryUnread | None = None,
    stats: MemoryStats | None = None,
) -> PublishFacts:
    return PublishFacts(
        changes=stream, bus=bus, unread=unread or MemoryUnread(), lines=stats or MemoryStats()
    )


def test_facts_are_told_in_the_order_of_the_batch_ten_at_a_time() -> None:
    stream, bus = (
        MemoryStream([None, *life_of(1), *life_of(2), *life_of(3), *life_of(4)]),
        FaultyBus(),
    )
    assert len(all_told(stream.changes)) == FACTS_AT_ONCE + 2
    published = publisher(stream, bus)(stream.records)
    assert published == Published(all_told(stream.changes), [])
    assert bus.told == published.told
    assert bus.calls == 2


def test_a_batch_that_tells_nothing_does_not_call_the_bus() -> None:
    stream, bus = MemoryStream([None, LeadChange(TENANT_ID, lead(), lead(version=2))]), FaultyBus()
    assert publisher(stream, bus)(stream.records) == Published([], [])
    assert not bus.calls


def test_a_batch_comes_again_from_the_first_fact_that_may_not_have_been_told() -> None:
    stream = MemoryStream([change for number in range(4) for change in life_of(number)])
    bus = FaultyBus([None, "refused"])
    published = publisher(stream, bus)(stream.records)
    first_untold = all_told(stream.changes)[FACTS_AT_ONCE]
    place = next(n for n, one in enumerate(stream.changes) if one and first_untold in one.told())
    assert published.resume_at == str(place)
    assert len(published.told) == FACTS_AT_ONCE


def test_a_record_that_cannot_be_read_is_set_aside_and_stops_no_other() -> None:
    stream, bus, unread = MemoryStream(life_of(1)), FaultyBus(), MemoryUnread()
    batch = [stream.records[0], UNREADABLE, *stream.records[1:]]
    published = publisher(stream, bus, unread)(batch)
    assert published == Published(all_told(stream.changes), [UNREADABLE])
    assert unread.aside == [UNREADABLE]


def test_an_unreadable_record_is_set_aside_even_if_the_batch_breaks_off_behind_it() -> None:
    stream, unread = MemoryStream(life_of(1)), MemoryUnread()
    batch = [UNREADABLE, *stream.records]
    published = publisher(stream, FaultyBus(["refused"]), unread)(batch)
    assert published.resume_at == stream.records[0].position
    assert unread.aside == [UNREADABLE]


def test_a_record_that_cannot_be_set_aside_brings_the_whole_batch_again() -> None:
    stream, bus = MemoryStream(life_of(1)), FaultyBus()
    unread = MemoryUnread(fault=TransientFault("down"))
    published = publisher(stream, bus, unread)([*stream.records, UNREADABLE])
    assert published == Published((), (), stream.records[0].position)
    assert not bus.told


@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    faults=st.lists(st.sampled_from([None, "refused", "told even so"]), max_size=12),
    leads=st.integers(1, 6),
)
def test_however_a_stream_is_cut_and_breaks_off_every_fact_is_told_in_order(
    sizes: list[int], faults: list[str | None], leads: int
) -> None:
    stream = MemoryStream([change for number in range(leads) for change in life_of(number)])
    bus = FaultyBus(faults)
    stream.drain(publisher(stream, bus), sizes)
    assert list(dict.fromkeys(one.fact.id for one in bus.told)) == [
        one.fact.id for one in all_told(stream.changes)
    ]


def test_a_whole_batch_that_is_delivered_twice_tells_the_same_ids() -> None:
    stream, bus = MemoryStream(life_of(1)), FaultyBus()
    publish = publisher(stream, bus)
    for _ in range(2):
        publish(stream.records)
    half = len(bus.told) // 2
    assert bus.told[:half] == bus.told[half:]


def test_leads_are_counted_once_however_often_their_batch_comes() -> None:
    stream, stats = MemoryStream(life_of(1)), MemoryStats()
    for faults in (("refused",), ()):
        publisher(stream, FaultyBus(faults), stats=stats)(stream.records)
    counted = {FactName.LEAD_CREATED, FactName.LEAD_ASSIGNED}
    told = [one.fact.id for one in all_told(stream.changes) if one.name in counted]
    assert sorted(stats.lines) == sorted(told)


def test_a_batch_that_cannot_be_counted_comes_again_as_a_whole() -> None:
    stream, bus = MemoryStream([None, *life_of(1)]), FaultyBus()
    stats = MemoryStats(fault=TransientFault("down"))
    published = publisher(stream, bus, stats=stats)(stream.records)
    assert published == Published((), (), stream.records[0].position)
    assert not bus.told
