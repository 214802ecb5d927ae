"""Editing a lead."""

from dataclasses import replace

import pytest

from leadflow.application.edit_lead import Edited, LeadEdit
from leadflow.application.reclassification import LeadClass
from leadflow.application.requests import validated
from leadflow.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    TransientFault,
    Unprocessable,
    ValidationFailed,
)
from leadflow.domain.fields import Field, FieldType
from leadflow.domain.flows import EventName, FlowKind
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.principals import Role
from leadflow.domain.statuses import EDITABLE
from tests.builders import CATEGORY_ID, TYPE_ID, VALUES, configuration, lead, source, stage
from tests.fakes.workbench import stale
from tests.unit.application.lead_world import (
    ADMIN,
    AUSTIN_TYPE,
    World,
    acting,
    any_version,
    austin_only,
)
from tests.unit.domain.bidding_examples import NOW

S = LeadStatus
FIELDS = (
    Field(title="rooms", type=FieldType.NUMERIC, deliverable=True),
    Field(title="email", type=FieldType.EMAIL, deliverable=True, required_for_post=True),
)
AGAIN = {"reprocess": {"start": "bidding"}}


def lead_in(status: LeadStatus, **changes: object) -> Lead:
    return lead().model_copy(update={"status": status, **changes})


def world(one: Lead | None = None, *, austin: bool = False) -> World:
    """A source with a field of its own; one type that takes all leads, or those of Austin."""
    configured = configuration(
        from_source=source(fields=FIELDS), of_type=austin_only() if austin else None
    )
    return World(one or lead_in(S.UNASSIGNED), configured)


def edited(shop: World, **body: object) -> Edited:
    return edited_by(shop, None, body)


def edited_by(shop: World, repeat: str | None, body: object) -> Edited:
    """The same by a request that may be repeated."""
    return shop.edit(ADMIN, shop.lead.id, validated(LeadEdit, body), any_version, repeat)


def mistakes(shop: World, **body: object) -> dict[str, list[str]]:
    """Messages by path of an edit that is refused; nothing is stored."""
    with pytest.raises(ValidationFailed) as refused:
        edited(shop, **body)
    assert shop.stored == shop.lead
    return {path: list(messages) for path, messages in refused.value.errors.items()}


def test_values_are_changed_added_and_taken_away() -> None:
    shop = world()
    answer = edited(
        shop,
        contact={"first_name": " Grace ", "last_name": "", "city": "Austin"},
        details={"rooms": 4},
    )
    assert shop.stored == answer.lead
    assert shop.stored.values == {
        "first_name": "Grace",
        "email": VALUES["email"],
        "zip": VALUES["zip"],
        "city": "Austin",
        "rooms": 4,
    }
    assert (shop.stored.version, shop.stored.updated_at) == (2, NOW)


def test_the_lead_is_found_by_what_it_is_now() -> None:
    shop = world()
    edited(
        shop, contact={"email": "Grace@Example.com", "phone": "(512) 555-0142", "last_name": "H"}
    )
    keys = shop.stored.search
    assert (keys.email, keys.phone, keys.name) == ("grace@example.com", "+15125550142", "ada h")


def test_the_place_follows_the_postal_code() -> None:
    shop = world()
    edited(shop, contact={"zip": "10001"})
    assert shop.stored.location.state == "NY"


def test_a_place_that_nobody_touches_stays_where_it_cannot_be_derived() -> None:
    shop = world(lead_in(S.UNASSIGNED, values={**VALUES, "zip": "00000"}))
    edited(shop, contact={"city": "Austin"})
    assert shop.stored.location == shop.lead.location


@pytest.mark.parametrize(
    ("contact", "path"),
    [
        ({"email": "nobody"}, "contact.email"),
        ({"email": " "}, "contact.email"),
        ({"zip": ""}, "contact.zip"),
        ({"zip": None}, "contact.zip"),
        ({"zip": "99999"}, "contact.zip"),
        ({"state": "NY"}, "contact.state"),
        ({"first_name": ["Ada"]}, "contact.first_name"),
        ({"rooms": 4}, "contact.rooms"),
        ({"nonsense": 1}, "contact.nonsense"),
    ],
)
def test_a_value_is_valid_as_in_a_post(contact: dict[str, object], path: str) -> None:
    assert list(mistakes(world(), contact=contact)) == [path]


def test_all_mistakes_are_told_of_at_once() -> None:
    told = mistakes(
        world(), contact={"email": "x", "zip": "1"}, details={"rooms": "many", "zip": "1"}
    )
    assert set(told) == {"contact.email", "contact.zip", "details.rooms", "details.zip"}


@pytest.mark.parametrize("member", ["source_id", "received_at", "status", "id", "assignment"])
def test_metadata_are_refused_by_name(member: str) -> None:
    assert list(mistakes(world(), **{member: "x"})) == [member]


def test_values_that_nobody_touches_are_not_checked_again() -> None:
    shop = world(lead_in(S.UNASSIGNED, values={"zip": "78701", "phone": "1", "gone": "x"}))
    edited(shop, contact={"city": "Austin"})
    assert shop.stored.values == {"zip": "78701", "phone": "1", "gone": "x", "city": "Austin"}


@pytest.mark.parametrize("status", list(LeadStatus))
def test_only_leads_that_nobody_has_are_edited(status: LeadStatus) -> None:
    shop = world(lead_in(status))
    if status in EDITABLE:
        edited(shop, contact={"city": "Austin"})
        assert shop.stored.values["city"] == "Austin"
        return
    with pytest.raises(Conflict, match=status) as refused:
        edited(shop, contact={"city": "Austin"})
    assert refused.value.code == "invalid_status"
    assert shop.stored == shop.lead


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.PENDING, S.UNCATEGORIZED),
        (S.UNASSIGNED, S.UNCATEGORIZED),
        (S.DISTRIBUTION_ERROR, S.UNCATEGORIZED),
        (S.UNCATEGORIZED, S.UNCATEGORIZED),
        (S.AUDIT, S.AUDIT),
        (S.WITHHELD, S.WITHHELD),
    ],
)
def test_a_lead_that_matches_no_type_any_more(before: LeadStatus, after: LeadStatus) -> None:
    shop = world(lead_in(before), austin=True)
    answer = edited(shop, contact={"city": "Dallas"})
    assert (shop.stored.status, shop.stored.lead_type_id) == (after, None)
    assert answer.reclassification.before == LeadClass(CATEGORY_ID, TYPE_ID)
    assert answer.reclassification.after == LeadClass(CATEGORY_ID, None)
    assert answer.reclassification.is_changed
    assert shop.stored.version == 2


@pytest.mark.parametrize("before", sorted(EDITABLE))
def test_a_lead_that_matches_a_type_now(before: LeadStatus) -> None:
    shop = world(lead_in(before, lead_type_id=None), austin=True)
    edited(shop, contact={"city": "Austin"})
    after = S.PENDING if before is S.UNCATEGORIZED else before
    assert (shop.stored.status, shop.stored.lead_type_id) == (after, AUSTIN_TYPE)


def test_a_test_lead_keeps_its_status_and_may_have_a_reserved_postal_code() -> None:
    shop = world(lead_in(S.AUDIT, is_test=True), austin=True)
    edited(shop, contact={"zip": "00004"})
    assert (shop.stored.status, shop.stored.values["zip"]) == (S.AUDIT, "00004")
    assert "contact.zip" in mistakes(world(), contact={"zip": "00004"})
    unsold = world(lead_in(S.UNASSIGNED, is_test=True), austin=True)
    edited(unsold, contact={"city": "Dallas"})
    assert unsold.stored.status is S.UNASSIGNED


def test_an_edit_that_changes_nothing_stores_nothing() -> None:
    shop = world(edited(world()).lead)
    answer = edited(shop, contact={"first_name": "Ada"})
    assert shop.stored is shop.lead
    assert not answer.reclassification.is_changed


def test_another_version_than_expected_is_not_changed() -> None:
    shop = world()
    with pytest.raises(PreconditionFailed):
        shop.edit(ADMIN, shop.lead.id, LeadEdit(contact={"city": "Austin"}), stale)
    assert shop.stored == shop.lead


@pytest.mark.parametrize("lead_id", ["lead_1", lead(7).id])
def test_a_lead_that_is_none_is_not_found(lead_id: str) -> None:
    with pytest.raises(NotFound):
        world().edit(ADMIN, lead_id, LeadEdit(), any_version)


def test_a_lead_that_starts_processing_meanwhile_is_not_edited() -> None:
    shop = world()
    shop.races.append(lambda one: one.moved(S.PROCESSING, NOW))
    with pytest.raises(Conflict, match="processing"):
        edited(shop, contact={"city": "Austin"})
    assert "city" not in shop.stored.values


def test_two_edits_at_once_are_both_kept() -> None:
    shop = world()
    shop.races.append(lambda one: one.changed(NOW, values={**one.values, "city": "Austin"}))
    edited(shop, contact={"first_name": "Grace"})
    assert (shop.stored.values["city"], shop.stored.values["first_name"]) == ("Austin", "Grace")
    assert shop.stored.version == 3


def test_a_lead_that_keeps_changing_is_given_up_on() -> None:
    shop = world()
    shop.races.extend([lambda one: one.changed(NOW)] * 20)
    with pytest.raises(TransientFault):
        edited(shop, contact={"city": "Austin"})


def test_an_edit_can_distribute_the_lead_in_the_same_write() -> None:
    shop = world(lead_in(S.UNCATEGORIZED, lead_type_id=None), austin=True)
    answer = edited(shop, contact={"city": "Austin"}, **AGAIN)
    assert (shop.stored.status, shop.stored.lead_type_id) == (S.PROCESSING, AUSTIN_TYPE)
    assert (shop.stored.version, shop.stored.values["city"]) == (2, "Austin")
    assert answer.flow_id == shop.stored.flow_ids[-1]
    assert shop.leads.heads[shop.stored.flow_ids[-1]].kind is FlowKind.REPROCESS
    [(run, _)] = shop.distribution.started
    assert run.flow_id == answer.flow_id
    begun = shop.leads.steps[shop.stored.flow_ids[-1], 0]
    assert [told.event for told in begun.timeline] == [EventName.INITIATED, EventName.REPROCESSED]


def test_an_edit_with_an_impossible_start_stores_nothing() -> None:
    shop = world()
    with pytest.raises(Unprocessable) as refused:
        edited(shop, contact={"city": "Austin"}, reprocess={"start": stage(7).id})
    assert (refused.value.code, shop.stored) == ("stage_not_available", shop.lead)


def test_an_audited_lead_is_not_reprocessed_by_an_edit() -> None:
    shop = world(lead_in(S.AUDIT))
    with pytest.raises(Conflict, match="audit"):
        edited(shop, contact={"city": "Austin"}, **AGAIN)
    assert shop.stored == shop.lead


def test_distributing_takes_its_own_permission() -> None:
    shop = world()
    edit = validated(LeadEdit, AGAIN)
    with pytest.raises(Forbidden) as refused:
        shop.edit(acting(Role.CUSTOMER_SUPPORT), shop.lead.id, edit, any_version)
    assert refused.value.permission == "leads.reprocess"
    assert shop.stored == shop.lead


def test_a_repeat_is_told_of_the_flow_that_was_opened() -> None:
    shop = world()
    first, again = (edited_by(shop, "request", AGAIN) for _ in range(2))
    assert again.flow_id == first.flow_id
    assert len(shop.distribution.started) == 1


def test_a_lead_that_changes_meanwhile_is_distributed_as_it_is_then() -> None:
    shop = world()
    shop.races.append(lambda one: one.changed(NOW, values={**one.values, "city": "Austin"}))
    edited(shop, contact={"first_name": "Grace"}, **AGAIN)
    assert shop.stored.values["city"] == "Austin"
    assert (shop.stored.status, shop.stored.version) == (S.PROCESSING, 3)


def test_the_category_is_the_one_that_the_source_has_now() -> None:
    other = configuration().categories[CATEGORY_ID].model_copy(update={"id": "category_2"})
    configured = configuration(from_source=source(lead_category_id=other.id))
    shop = World(lead_in(S.UNASSIGNED), replace(configured, categories={other.id: other}))
    answer = edited(shop)
    assert answer.reclassification.after == LeadClass(other.id, None)
    assert (shop.stored.lead_category_id, shop.stored.status) == (other.id, S.UNCATEGORIZED)
