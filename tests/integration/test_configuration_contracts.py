"""Configuration and users: the fake stores and the real ones keep the same contract."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb import secrets
from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.adapters.dynamodb.credentials import DynamoCredentials
from leadflow.adapters.dynamodb.secrets import DynamoSecrets
from leadflow.adapters.dynamodb.users import DynamoUsers
from leadflow.application.audit_trail import audit_entry
from leadflow.application.configuration_ports import (
    REAL_ESTATE_API,
    AuditEntry,
    Change,
    ConfigurationStore,
    CredentialChanges,
    Founding,
    ResourceKind,
    SecretChange,
    UserRefusal,
    UserStore,
)
from leadflow.application.exchange_ports import SecretReader
from leadflow.application.ports import Window
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.credentials import Credential, digest
from leadflow.domain.identifiers import CustomerId, TenantId, UserId
from leadflow.domain.model import Frozen
from leadflow.domain.principals import Role, SourcePrincipal
from leadflow.domain.users import User
from tests.builders import (
    SOURCE_ID,
    TENANT_ID,
    category,
    configuration,
    lead_type,
    partner,
    plan,
    source,
    stage,
)
from tests.fakes.configuration_store import MemoryConfigurationStore
from tests.fakes.ids import CountingIds
from tests.fakes.users import MemoryUsers
from tests.unit.domain.bidding_examples import NOW, customer

IDS = CountingIds()
START = configuration()
STRANGER = TenantId("tenant_" + "1" * 26)
CUSTOMER = customer(1).id


def user(number: int, role: Role = Role.ADMIN, customer_id: CustomerId | None = None) -> User:
    return User(
        id=UserId(f"user_{number:026d}"),
        email="sue@acme.com",
        role=role,
        customer_id=customer_id,
        token_hash=digest(f"token {number}"),
        created_at=NOW,
        updated_at=NOW,
    )


def line(before: Frozen | None = None, after: Frozen | None = None) -> AuditEntry:
    return audit_entry(
        IDS, NOW, "user_1", resource="sources", resource_id="s", before=before, after=after
    )


@dataclass
class Ports:
    """The stores under test, of a tenant that has the builders' configuration and one admin."""

    configuration: ConfigurationStore
    users: UserStore
    secrets: SecretReader

    def apply(
        self, *changes: Change, stamp: int | None = None, secrets: Sequence[SecretChange] = ()
    ) -> bool:
        newest = self.configuration.current(TENANT_ID)
        entries = [line(change.before, change.after) for change in changes]
        on = newest.stamp if stamp is None else stamp
        return self.configuration.apply(TENANT_ID, on, changes, entries=entries, secrets=secrets)


def start() -> Sequence[Change]:
    return (
        Change(ResourceKind.TENANT, TENANT_ID, None, START.tenant),
        Change(ResourceKind.SETTINGS, "settings", None, START.settings),
        Change(ResourceKind.PLAN, "plan", None, START.plan),
        Change(ResourceKind.CATEGORY, category().id, None, category()),
        Change(ResourceKind.LEAD_TYPE, lead_type().id, None, lead_type()),
        Change(ResourceKind.SOURCE, source().id, None, source()),
    )


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        users = MemoryUsers()
        users.add(TENANT_ID, user(1), line())
        memory = MemoryConfigurationStore(START, plans=[START.plan])
        return Ports(memory, users, memory.secrets)
    request.getfixturevalue("tables")
    store = DynamoConfiguration()
    store.found(TENANT_ID, Founding(start(), user(1), ()))
    return Ports(store, DynamoUsers(), DynamoSecrets())


def renamed(name: str) -> Change:
    return Change(ResourceKind.SOURCE, SOURCE_ID, source(), source(name=name, version=2))


class TestConfigurationStore:
    def test_what_was_founded_is_read(self, ports: Ports) -> None:
        newest = ports.configuration.current(TENANT_ID)
        assert (newest.tenant, newest.settings, newest.plan) == (
            START.tenant,
            START.settings,
            START.plan,
        )
        assert newest.sources == START.sources
        assert newest.lead_types == START.lead_types

    def test_a_change_is_seen_at_once_and_moves_the_stamp(self, ports: Ports) -> None:
        before = ports.configuration.current(TENANT_ID).stamp
        assert ports.apply(renamed("Site"))
        newest = ports.configuration.current(TENANT_ID)
        assert (newest.sources[SOURCE_ID].name, newest.stamp) == ("Site", before + 1)
        assert ports.configuration.at_least(TENANT_ID, newest.stamp).stamp == newest.stamp

    def test_a_change_decided_on_an_older_state_is_not_stored(self, ports: Ports) -> None:
        old = ports.configuration.current(TENANT_ID).stamp
        assert ports.apply(renamed("First"))
        assert not ports.apply(renamed("Second"), stamp=old)
        newest = ports.configuration.current(TENANT_ID)
        assert (newest.sources[SOURCE_ID].name, newest.stamp) == ("First", old + 1)
        [entry] = [
            one
            for one in ports.configuration.audit_log(TENANT_ID, Window(10)).items
            if one.before is not None
        ]
        assert entry.after == {"name": "First"}

    def test_all_versions_of_the_plan_are_kept(self, ports: Ports) -> None:
        second = plan(stage(1), version=2)
        assert ports.apply(Change(ResourceKind.PLAN, "plan", START.plan, second))
        assert ports.configuration.current(TENANT_ID).plan == second
        assert ports.configuration.plan(TENANT_ID, 1) == START.plan
        assert ports.configuration.plan(TENANT_ID, 2) == second
        assert ports.configuration.plan(TENANT_ID, 3) is None

    def test_partners_and_the_real_estate_api_are_kept_and_an_integration_can_go(
        self, ports: Ports
    ) -> None:
        api = RealEstateApi(base_url="https://api.example.com", created_at=NOW, updated_at=NOW)
        there = Change(ResourceKind.INTEGRATION, REAL_ESTATE_API, None, api)
        assert ports.apply(Change(ResourceKind.PARTNER, partner().id, None, partner()), there)
        newest = ports.configuration.current(TENANT_ID)
        assert (newest.partners, newest.real_estate_api) == ({partner().id: partner()}, api)
        assert ports.apply(Change(ResourceKind.INTEGRATION, REAL_ESTATE_API, api, None))
        assert ports.configuration.current(TENANT_ID).real_estate_api is None

    def test_secrets_are_stored_with_their_change_or_not_at_all(self, ports: Ports) -> None:
        first = SecretChange("partners#a", 1, {"ping.token": "t0ken", "post.password": "é"})
        assert ports.apply(renamed("A"), secrets=[first])
        assert ports.secrets.of(TENANT_ID, "partners#a", 1) == first.secrets
        assert ports.secrets.of(TENANT_ID, "partners#b", 1) == {}
        late = SecretChange("partners#a", 2, {"ping.token": "n3w"})
        assert not ports.apply(renamed("B"), stamp=1, secrets=[late])
        assert ports.secrets.of(TENANT_ID, "partners#a", 2) == first.secrets
        assert ports.apply(renamed("B"), secrets=[replace(late, version=3)])
        assert ports.secrets.of(TENANT_ID, "partners#a", 3) == late.secrets
        assert ports.apply(renamed("C"), secrets=[SecretChange("partners#a", 4, {})])
        assert ports.secrets.of(TENANT_ID, "partners#a", 4) == {}


class TestUserStore:
    def test_users_are_found_by_id_and_listed_where_they_belong(self, ports: Ports) -> None:
        buyers = [user(number, Role.CUSTOMER_USER, CUSTOMER) for number in (2, 3, 4)]
        for one in buyers:
            ports.users.add(TENANT_ID, one, line())
        first = ports.users.members(TENANT_ID, CUSTOMER, Window(2))
        second = ports.users.members(TENANT_ID, CUSTOMER, Window(2, first.position))
        assert [*first.items, *second.items] == buyers[::-1]
        assert second.position is None
        assert list(ports.users.members(TENANT_ID, None, Window(9)).items) == [user(1)]
        assert ports.users.get(TENANT_ID, buyers[0].id) == buyers[0]
        assert ports.users.get(TENANT_ID, UserId("user_x")) is None

    def test_a_change_made_on_an_older_version_is_not_stored(self, ports: Ports) -> None:
        ports.users.add(TENANT_ID, user(2), line())
        second = user(2).model_copy(update={"name": "Sue", "version": 2})
        assert ports.users.change(TENANT_ID, user(2), second, line()) is None
        again = user(2).model_copy(update={"name": "Ann", "version": 2})
        assert ports.users.change(TENANT_ID, user(2), again, line()) is UserRefusal.CHANGED
        assert ports.users.remove(TENANT_ID, user(2), line()) is UserRefusal.CHANGED
        assert ports.users.get(TENANT_ID, second.id) == second
        assert second in ports.users.members(TENANT_ID, None, Window(9)).items

    def test_the_last_admin_can_neither_go_nor_step_down(self, ports: Ports) -> None:
        lower = user(1).model_copy(update={"role": Role.SALES, "version": 2})
        assert ports.users.remove(TENANT_ID, user(1), line()) is UserRefusal.LAST_ADMIN
        assert ports.users.change(TENANT_ID, user(1), lower, line()) is UserRefusal.LAST_ADMIN
        ports.users.add(TENANT_ID, user(2), line())
        assert ports.users.change(TENANT_ID, user(1), lower, line()) is None
        assert ports.users.remove(TENANT_ID, user(2), line()) is UserRefusal.LAST_ADMIN

    def test_a_removed_user_is_gone_from_everywhere(self, ports: Ports) -> None:
        ports.users.add(TENANT_ID, user(2, Role.SALES), line())
        assert ports.users.remove(TENANT_ID, user(2, Role.SALES), line()) is None
        assert ports.users.get(TENANT_ID, user(2).id) is None
        assert list(ports.users.members(TENANT_ID, None, Window(9)).items) == [user(1)]


@pytest.mark.usefixtures("tables")
class TestDynamo:
    def test_another_tenants_users_and_plans_are_not_found(self) -> None:
        DynamoConfiguration().found(TENANT_ID, Founding(start(), user(1), ()))
        assert DynamoUsers().get(STRANGER, user(1).id) is None
        assert not DynamoUsers().members(STRANGER, None, Window(9)).items
        assert DynamoConfiguration().plan(STRANGER, 1) is None

    def test_every_tenant_is_known_to_schedules(self) -> None:
        store = DynamoConfiguration()
        store.found(TENANT_ID, Founding(start(), user(1), ()))
        assert store.tenants() == [TENANT_ID]

    def test_a_kept_configuration_is_used_until_a_newer_one_is_asked_for(self) -> None:
        kept, writer = DynamoConfiguration(), DynamoConfiguration()
        writer.found(TENANT_ID, Founding(start(), user(1), ()))
        old = kept.current(TENANT_ID)
        assert writer.apply(TENANT_ID, old.stamp, [renamed("Site")], entries=[])
        assert kept.at_least(TENANT_ID, old.stamp) is old
        assert kept.at_least(TENANT_ID, old.stamp + 1).sources[SOURCE_ID].name == "Site"

    def test_credentials_are_issued_and_revoked_with_the_change(self) -> None:
        store, known = DynamoConfiguration(), DynamoCredentials()
        store.found(TENANT_ID, Founding(start(), user(1), ()))
        sender = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
        pair = Credential(digest("key"), sender, digest("secret"))
        token = Credential(digest("token"), sender, expires_at=NOW + timedelta(hours=24))
        issued = CredentialChanges(issued=(pair, token))
        assert store.apply(TENANT_ID, 1, [renamed("A")], entries=[], credentials=issued)
        assert [known.find(one.lookup_hash) for one in (pair, token)] == [pair, token]
        late = CredentialChanges(revoked=(pair.lookup_hash,))
        assert not store.apply(TENANT_ID, 1, [renamed("B")], entries=[], credentials=late)
        assert known.find(pair.lookup_hash) == pair
        assert store.apply(TENANT_ID, 2, [renamed("B")], entries=[], credentials=late)
        assert known.find(pair.lookup_hash) is None

    def test_secrets_of_many_owners_are_read_once_until_one_has_a_newer_version(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = DynamoConfiguration()
        store.found(TENANT_ID, Founding(start(), user(1), ()))
        kept = [SecretChange(f"partners#{name}", 1, {"ping.token": name}) for name in "ab"]
        kept.append(SecretChange("partners#none", 1, {}))
        assert store.apply(TENANT_ID, 1, [renamed("A")], entries=[], secrets=kept)
        queries, read = Counter[TenantId](), secrets._read
        monkeypatch.setattr(secrets, "_read", lambda one: (queries.update([one]), read(one))[1])
        known = DynamoSecrets()
        for version, reads in ((1, 1), (2, 4), (2, 4)):
            for name in ("a", "b", "none"):
                found = known.of(TENANT_ID, f"partners#{name}", version)
                assert found == ({} if name == "none" else {"ping.token": name})
            assert queries[TENANT_ID] == reads

    def test_another_tenants_secrets_are_not_found(self) -> None:
        store = DynamoConfiguration()
        store.found(TENANT_ID, Founding(start(), user(1), ()))
        kept = [SecretChange("partners#a", 1, {"ping.token": "t0ken"})]
        assert store.apply(TENANT_ID, 1, [renamed("A")], entries=[], secrets=kept)
        assert DynamoSecrets().of(STRANGER, "partners#a", 1) == {}

    def test_a_process_keeps_the_secrets_of_so_many_tenants(self) -> None:
        known = DynamoSecrets()
        for number in range(secrets.KEPT_TENANTS_MAX + 1):
            assert known.of(TenantId(f"tenant_{number:026d}"), "partners#a", 1) == {}
        assert len(known._kept) == secrets.KEPT_TENANTS_MAX

    def test_a_user_calls_with_the_role_that_it_has_now(self) -> None:
        users, known = DynamoUsers(), DynamoCredentials()
        DynamoConfiguration().found(TENANT_ID, Founding(start(), user(1), ()))
        users.add(TENANT_ID, user(2, Role.SALES), line())
        after = user(2, Role.CUSTOMER_SUPPORT).model_copy(update={"version": 2})
        assert users.change(TENANT_ID, user(2, Role.SALES), after, line()) is None
        found = known.find(after.token_hash)
        assert found is not None
        assert found.principal == after.principal(TENANT_ID)
