import pytest

from leadflow.application.configuration_ports import SETTINGS_SECRETS
from leadflow.application.manage_configuration.settings import settings_form
from leadflow.domain.errors import PreconditionFailed, Unprocessable, ValidationFailed
from leadflow.domain.signing_secrets import signing_now
from tests.fakes.workbench import ADMIN, Body, Workbench, any_version, small, stale

SWITCHES = ("daily", "weekly", "monthly")


def changed(patch: Body) -> Body:
    bench = small()
    bench.settings.change(ADMIN, patch, any_version)
    return settings_form(bench.settings.show(ADMIN)).model_dump(mode="json")


def test_the_twelve_switches_start_on() -> None:
    bidding = settings_form(small().settings.show(ADMIN)).bidding
    switches = [
        getattr(getattr(kind, level), period)
        for kind in (bidding.lead_caps, bidding.budgets)
        for level in ("bid", "account")
        for period in SWITCHES
    ]
    assert switches == [True] * 12


def test_a_patch_changes_what_it_names_at_any_depth() -> None:
    patch = {"bidding": {"budgets": {"account": {"weekly": False}}}, "return_window_days": 0}
    after = changed(patch)
    assert after["bidding"]["budgets"]["account"] == {
        "daily": True,
        "weekly": False,
        "monthly": True,
    }
    assert after["bidding"]["lead_caps"]["account"]["weekly"]
    assert (after["return_window_days"], after["ping_validity_minutes"]) == (0, 5)


def test_lists_are_replaced_as_a_whole() -> None:
    after = changed({"operating_countries": ["CA", "AU"], "return_reasons": ["too_far", "other"]})
    assert after["operating_countries"] == ["CA", "AU"]
    assert after["return_reasons"] == ["too_far", "other"]


def test_what_may_be_blank_is_blanked_with_null() -> None:
    bench = small()
    url: Body = {"return_policy_url": "HTTPS://acme.com/returns"}
    assert bench.settings.change(ADMIN, url, any_version).settings.return_policy_url
    blank = bench.settings.change(ADMIN, {"return_policy_url": None}, any_version).settings
    assert (blank.return_policy_url, blank.version) == (None, 3)


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"operating_countries": []}, "operating_countries"),
        ({"operating_countries": ["US", "US"]}, "operating_countries"),
        ({"operating_countries": ["FR"]}, "operating_countries.0"),
        ({"default_consent_name": " "}, "default_consent_name"),
        ({"ping_validity_minutes": 0}, "ping_validity_minutes"),
        ({"ping_validity_minutes": 61}, "ping_validity_minutes"),
        ({"ping_validity_minutes": "5"}, "ping_validity_minutes"),
        ({"source_rate_limit_per_minute": 0}, "source_rate_limit_per_minute"),
        ({"stats_interval_minutes": 4}, "stats_interval_minutes"),
        ({"stats_interval_minutes": 1441}, "stats_interval_minutes"),
        ({"return_window_days": -1}, "return_window_days"),
        ({"return_window_days": None}, "return_window_days"),
        ({"return_reasons": ["duplicate"]}, "return_reasons"),
        ({"return_reasons": ["other", "other"]}, "return_reasons"),
        ({"return_reasons": ["other", "Too far"]}, "return_reasons"),
        ({"return_policy_url": "http://acme.com"}, "return_policy_url"),
        ({"return_policy_url": "acme"}, "return_policy_url"),
        ({"direct_post": {"enabled": True}}, "direct_post.url"),
        ({"direct_post": {"url": "ftp://acme.com"}}, "direct_post.url"),
        ({"direct_post": {"enabled": True, "url": "https://127.0.0.1/x"}}, "direct_post.url"),
        ({"direct_post": {"fields": [{"key": ""}]}}, "direct_post.fields.0.key"),
        ({"marketplace_enabled": "on"}, "marketplace_enabled"),
        ({"bidding": {"disabled": 1}}, "bidding.disabled"),
        (
            {"bidding": {"minimum_lifetime_deposits_cents": -1}},
            "bidding.minimum_lifetime_deposits_cents",
        ),
        ({"bidding": {"budgets": {"bid": {"yearly": True}}}}, "bidding.budgets.bid.yearly"),
        ({"bidding": 5}, "bidding"),
        ({"version": 2}, "version"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_setting_that_breaks_a_rule_is_named(patch: Body, path: str) -> None:
    bench = small()
    before = bench.store.newest
    with pytest.raises(ValidationFailed) as refused:
        bench.settings.change(ADMIN, patch, any_version)
    assert path in refused.value.errors
    assert bench.store.newest is before


def test_the_public_marketplace_needs_the_marketplace() -> None:
    assert changed({"public_marketplace_enabled": True})["public_marketplace_enabled"]
    both_off = {"marketplace_enabled": False, "public_marketplace_enabled": True}
    with pytest.raises(ValidationFailed) as refused:
        changed(both_off)
    assert set(refused.value.errors) == {"public_marketplace_enabled"}


def test_a_stale_version_changes_nothing() -> None:
    with pytest.raises(PreconditionFailed):
        small().settings.change(ADMIN, {"return_window_days": 1}, stale)


ON: Body = {"direct_post": {"enabled": True, "url": "https://receiver.example.com/x"}}


def secrets_of(bench: Workbench) -> tuple[str, ...]:
    """The secrets that sign the direct post now."""
    return signing_now(bench.store.secrets.kept.get(SETTINGS_SECRETS, {}), bench.clock.now())


def test_switching_the_direct_post_on_tells_its_secret_once() -> None:
    bench = small()
    stored = bench.settings.change(ADMIN, ON, any_version)
    assert stored.secret
    assert stored.secret.startswith("whsec_")
    assert secrets_of(bench) == (stored.secret,)
    assert stored.secret not in str(bench.store.log)
    assert bench.settings.change(ADMIN, ON, any_version).secret is None
    assert secrets_of(bench) == (stored.secret,)


def test_switched_on_again_it_has_another_secret() -> None:
    bench = small()
    first = bench.settings.change(ADMIN, ON, any_version).secret
    off = bench.settings.change(ADMIN, {"direct_post": {"enabled": False}}, any_version)
    again = bench.settings.change(ADMIN, ON, any_version).secret
    assert off.secret is None
    assert (again != first, secrets_of(bench)) == (True, (again,))


def test_a_url_that_stays_is_not_asked_about_again() -> None:
    bench = small()
    bench.settings.change(ADMIN, ON, any_version)
    bench.settings.change(ADMIN, {"return_window_days": 3}, any_version)
    assert len(bench.addresses.asked) == 1


def test_a_rotated_secret_is_told_once_and_the_old_one_signs_as_well() -> None:
    bench = small()
    first = bench.settings.change(ADMIN, ON, any_version).secret
    rotated = bench.settings.rotate_secret(ADMIN)
    assert rotated.settings.version == 3
    assert secrets_of(bench) == (rotated.secret, first)
    told = dict(bench.store.log[-1].after or {}).get("secrets")
    assert told == dict.fromkeys(("signing", "signing_former", "signing_former_until"), "***")


def test_without_a_direct_post_there_is_no_secret_to_rotate() -> None:
    with pytest.raises(Unprocessable) as refused:
        small().settings.rotate_secret(ADMIN)
    assert refused.value.code == "direct_post_not_configured"
