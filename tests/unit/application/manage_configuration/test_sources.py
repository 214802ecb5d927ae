from datetime import timedelta

import pytest

from leadflow.application.manage_configuration.desk import SourceSecrets
from leadflow.application.manage_configuration.source_credentials import (
    RETIRED_TOKENS_MAX,
    TOKEN_GRACE,
)
from leadflow.application.manage_configuration.status_responses import (
    NAME_CHARACTERS_MAX,
    PAIRS_MAX,
)
from leadflow.domain.credentials import ApiKey, BearerToken, Presented
from leadflow.domain.errors import Conflict
from leadflow.domain.identifiers import SourceId
from leadflow.domain.leads import LeadStatus
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID
from tests.fakes.workbench import ADMIN, Body, Workbench, any_version, refusal_of, small

ROW = {"lead_type_id": TYPE_ID, "pricing_type": "fixed", "price_cents": 1500}
CHECK = {"fields": ["email"], "days": 30}
DEFAULTS = {
    "success": [
        "assigned",
        "posted",
        "marketplace",
        "pending",
        "processing",
        "withheld",
        "returned",
    ],
    "rejected": ["audit", "unassigned", "uncategorized", "distribution_error"],
    "duplicate": ["duplicate"],
}


def new(**members: object) -> Body:
    return {"name": "Vendor", "lead_category_id": CATEGORY_ID, "type": "vendor", **members}


def mistakes(**members: object) -> set[str]:
    return set(small().mistakes_of_new("sources", **new(**members)))


def is_let_in(bench: Workbench, shown: Presented) -> bool:
    credential = bench.store.credentials.get(shown.lookup_hash)
    return credential is not None and credential.accepts(shown, bench.clock.now())


def test_a_source_starts_with_the_defaults() -> None:
    made = small().create("sources", **new())
    assert (made["payout_percentage"], made["test_mode"]) == (100.0, False)
    by_result = {
        result: {status for status, one in made["status_responses"].items() if one == result}
        for result in DEFAULTS
    }
    assert by_result == {result: set(statuses) for result, statuses in DEFAULTS.items()}


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"type": "friend"}, "type"),
        ({"lead_category_id": "category_x"}, "lead_category_id"),
        ({"payout_percentage": 100.01}, "payout_percentage"),
        ({"payout_percentage": -1}, "payout_percentage"),
        ({"payout_percentage": 12.345}, "payout_percentage"),
        ({"payout_percentage": "50"}, "payout_percentage"),
        ({"payout_percentage": True}, "payout_percentage"),
        ({"type": "internal", "test_mode": True}, "test_mode"),
        ({"partner_id": "partner_x"}, "partner_id"),
        ({"pricing": [{**ROW, "lead_type_id": "type_x"}]}, "pricing.0.lead_type_id"),
        ({"pricing": [ROW, ROW]}, "pricing.1.lead_type_id"),
        ({"pricing": [{**ROW, "price_cents": -1}]}, "pricing.0.price_cents"),
        ({"pricing": [{**ROW, "price_cents": 1.5}]}, "pricing.0.price_cents"),
        ({"pricing": [{**ROW, "pricing_type": "free"}]}, "pricing.0.pricing_type"),
        ({"duplicate_checks": [{**CHECK, "fields": ["roof"]}]}, "duplicate_checks.0.fields.0"),
        ({"duplicate_checks": [{**CHECK, "days": 0}]}, "duplicate_checks.0.days"),
        ({"duplicate_checks": [CHECK] * 21}, "duplicate_checks"),
        ({"fields": [{"title": "zip", "type": "text"}]}, "fields.0.type"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_member_that_breaks_a_rule_is_named(members: Body, path: str) -> None:
    assert mistakes(**members) == {path}


def test_all_mistakes_are_told_of_together() -> None:
    wrong = {"type": "internal", "test_mode": True, "partner_id": "partner_x", "pricing": [ROW] * 2}
    assert mistakes(**wrong) == {"test_mode", "partner_id", "pricing.1.lead_type_id"}


def test_status_responses_may_be_written_by_status_or_by_result() -> None:
    all_duplicate = dict.fromkeys(LeadStatus, "duplicate")
    bench = small()
    by_status = bench.create("sources", **new(status_responses=all_duplicate))
    by_result = bench.create("sources", **new(status_responses=DEFAULTS))
    assert set(by_status["status_responses"].values()) == {"duplicate"}
    assert by_result["status_responses"]["audit"] == "rejected"


@pytest.mark.parametrize(
    ("responses", "told"),
    [
        ({**DEFAULTS, "duplicate": []}, "The status duplicate is missing."),
        ({**DEFAULTS, "duplicate": ["duplicate", "audit"]}, "The status audit occurs twice."),
        ({**DEFAULTS, "duplicate": ["duplicate", "sold"]}, "There is no status sold."),
        (
            {**{status.value: "success" for status in LeadStatus}, "audit": "good"},
            "The result good is none of success, rejected, duplicate.",
        ),
        ({"assigned": 5}, "The status posted is missing."),
        ({"success": ["sold"] * PAIRS_MAX}, "There is no status sold."),
        ({"success": ["sold"] * (PAIRS_MAX + 1)}, "There are more than 50 statuses."),
        ({"success": ["s" * 500]}, f"There is no status {'s' * NAME_CHARACTERS_MAX}."),
    ],
)
def test_each_status_has_exactly_one_result(responses: object, told: str) -> None:
    found = small().mistakes_of_new("sources", **new(status_responses=responses))
    assert told in found["status_responses"]  # type: ignore[operator] # a list of texts


def test_a_map_of_more_statuses_than_are_read_is_not_told_of_one_by_one() -> None:
    many = {str(number): "success" for number in range(PAIRS_MAX + 1)}
    told = small().mistakes_of_new("sources", **new(status_responses=many))["status_responses"]
    assert isinstance(told, list)
    assert len(told) == 1


def test_a_price_row_of_an_archived_type_may_stay_but_not_come() -> None:
    bench = small()
    source = bench.create("sources", **new(pricing=[ROW]))
    bench.archive("lead-types", TYPE_ID)
    assert bench.change("sources", source["id"], name="V2")["pricing"] == [ROW]
    assert "pricing.0.lead_type_id" in bench.mistakes_of_new("sources", **new(pricing=[ROW]))


def test_checks_of_a_source_are_its_own_and_kept_when_asked_for_again() -> None:
    bench = small()
    source = bench.create("sources", **new(duplicate_checks=[CHECK]))
    [first] = bench.store.newest.duplicate_checks.values()
    assert (first.source_id, bench.listed("duplicate-checks")) == (source["id"], [])
    other = {"fields": ["phone"], "days": 7}
    bench.change("sources", source["id"], duplicate_checks=[other, CHECK])
    assert not bench.store.newest.duplicate_checks[first.id].archived
    bench.change("sources", source["id"], duplicate_checks=[other])
    live = [one for one in bench.store.newest.duplicate_checks.values() if not one.archived]
    assert [one.fields for one in live] == [("phone",)]
    bench.archive("sources", source["id"])
    assert all(one.archived for one in bench.store.newest.duplicate_checks.values())


def test_a_source_keeps_a_field_that_its_own_check_needs() -> None:
    bench = small()
    roof = {"title": "roof", "type": "text"}
    check = {"fields": ["roof"], "days": 1}
    source = bench.create("sources", **new(fields=[roof], duplicate_checks=[check]))
    with pytest.raises(Conflict) as refused:
        bench.change("sources", source["id"], fields=[], duplicate_checks=[])
    assert refusal_of(refused)[0] == "in_use"
    bench.change("sources", source["id"], duplicate_checks=[])
    assert bench.change("sources", source["id"], fields=[])["fields"] == []


def test_secrets_are_told_once_and_kept_as_digests() -> None:
    bench = small()
    secrets = bench.secrets("sources", **new())
    kept = str(bench.store.newest)
    assert is_let_in(bench, ApiKey(secrets.api_key, secrets.api_secret))
    assert is_let_in(bench, BearerToken(secrets.bearer_token))
    assert not is_let_in(bench, ApiKey(secrets.api_key, "wrong"))
    assert all(text not in kept for text in (secrets.api_key, secrets.bearer_token))


def rotated(bench: Workbench, source_id: str) -> tuple[ApiKey, BearerToken]:
    bench.ids.new("tick")
    _, secrets = bench.action.rotate_credentials(ADMIN, source_id, any_version)
    assert isinstance(secrets, SourceSecrets)
    return ApiKey(secrets.api_key, secrets.api_secret), BearerToken(secrets.bearer_token)


def made(bench: Workbench) -> tuple[SourceId, ApiKey, BearerToken]:
    shown, secrets = bench.action.create(ADMIN, "sources", new())
    assert isinstance(secrets, SourceSecrets)
    source_id = SourceId(shown.head.id)
    pair = ApiKey(secrets.api_key, secrets.api_secret)
    return source_id, pair, BearerToken(secrets.bearer_token)


def test_rotation_ends_the_pair_at_once_and_the_token_after_a_day() -> None:
    bench = small()
    source_id, pair, token = made(bench)
    new_pair, new_token = rotated(bench, source_id)
    assert not is_let_in(bench, pair)
    assert all(is_let_in(bench, one) for one in (token, new_pair, new_token))
    bench.clock.at += TOKEN_GRACE
    assert not is_let_in(bench, token)
    assert is_let_in(bench, new_token)


def test_archiving_ends_all_credentials_at_once() -> None:
    bench = small()
    source_id, pair, token = made(bench)
    new_pair, new_token = rotated(bench, source_id)
    bench.archive("sources", source_id)
    assert not any(is_let_in(bench, one) for one in (pair, token, new_pair, new_token))
    with pytest.raises(Conflict):
        rotated(bench, source_id)


def test_only_so_many_replaced_tokens_are_good_at_once() -> None:
    bench = small()
    source_id, _, oldest = made(bench)
    for _ in range(RETIRED_TOKENS_MAX):
        rotated(bench, source_id)
    assert is_let_in(bench, oldest)
    rotated(bench, source_id)
    assert not is_let_in(bench, oldest)


def test_expired_tokens_are_forgotten() -> None:
    bench = small()
    source_id, _, _ = made(bench)
    rotated(bench, source_id)
    bench.clock.at += TOKEN_GRACE + timedelta(seconds=1)
    rotated(bench, source_id)
    kept = bench.store.newest.sources[source_id].credentials
    assert kept is not None
    assert len(kept.retired) == 1


def test_an_archived_source_stays_readable() -> None:
    bench = small()
    bench.archive("sources", SOURCE_ID)
    assert (bench.listed("sources"), bench.show("sources", SOURCE_ID)["archived"]) == ([], True)
    with pytest.raises(Conflict):
        bench.change("sources", SOURCE_ID, name="Back")


def test_a_source_moves_to_another_category_without_the_fields_of_the_old_one() -> None:
    bench = small()
    roof = {"title": "roof", "type": "text"}
    bench.change("lead-categories", CATEGORY_ID, fields=[roof])
    bench.create("duplicate-checks", fields=["roof"], days=1)
    other = bench.create("lead-categories", name="Roofs")["id"]
    assert bench.change("sources", SOURCE_ID, lead_category_id=other)["lead_category_id"] == other


def test_a_source_with_prices_for_a_categorys_types_does_not_leave_it() -> None:
    bench = small()
    bench.change("sources", SOURCE_ID, pricing=[ROW])
    other = bench.create("lead-categories", name="Roofs")["id"]
    found = bench.mistakes_of("sources", SOURCE_ID, lead_category_id=other)
    assert set(found) == {"pricing.0.lead_type_id"}
