from leadflow.application.audit_trail import MEMBER_CHARACTERS_MAX, audit_entry
from leadflow.application.configuration_ports import AuditEntry
from leadflow.domain.model import Frozen
from leadflow.domain.sources import SourceCredentials
from tests.builders import source
from tests.fakes.ids import CountingIds
from tests.unit.domain.bidding_examples import NOW


def line(before: Frozen | None, after: Frozen | None) -> AuditEntry:
    return audit_entry(
        CountingIds(),
        NOW,
        "user_1",
        resource="sources",
        resource_id="s",
        before=before,
        after=after,
    )


def test_a_line_shows_the_members_that_differ_without_bookkeeping() -> None:
    entry = line(source(), source(name="Site", version=2, archived=True))
    assert entry.before == {"name": "Web", "archived": False}
    assert entry.after == {"name": "Site", "archived": True}


def test_a_new_object_has_no_before_and_a_removed_one_no_after() -> None:
    assert line(None, source()).before is None
    assert (line(None, source()).after or {})["name"] == "Web"
    assert line(source(), None).after is None


def test_secrets_are_masked_even_as_digests() -> None:
    keys = SourceCredentials(key_hash="aa", token_hash="bb")
    entry = line(source(credentials=keys), source(credentials=None))
    assert (entry.before, entry.after) == ({"credentials": "***"}, {})


def test_a_member_too_long_for_a_line_is_told_by_its_length() -> None:
    entry = line(source(), source(name="x" * MEMBER_CHARACTERS_MAX))
    assert entry.after == {"name": f"({MEMBER_CHARACTERS_MAX + 2} characters)"}
