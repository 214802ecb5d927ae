"""The environment of a function."""

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from leadflow.runtime.settings import Settings, settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_settings_come_from_variables_of_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("LEADS_TABLE", "leads")
    known = settings()
    assert (known.aws_region, known.leads_table) == ("eu-west-1", "leads")
    assert (known.stage, known.flows_table, known.aws_endpoint_url) == ("local", "", None)


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    first = settings()
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert settings() is first


def test_a_missing_region_is_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "")
    with pytest.raises(ValidationError):
        settings()


@pytest.mark.parametrize(("said", "allowed"), [("true", True), ("false", False), ("", False)])
def test_partners_on_loopback_are_called_only_where_that_is_said(
    monkeypatch: pytest.MonkeyPatch, said: str, allowed: bool
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", said)
    assert settings().allow_loopback_partners is allowed


@pytest.mark.parametrize("stage", ["production", "staging", ""])
def test_faults_cannot_be_planned_where_the_stage_is_not_one_of_trials(
    monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("STAGE", stage)
    monkeypatch.setenv("FAULT_PLAN", "{}")
    with pytest.raises(ValidationError, match="only the stages local and sandbox may plan faults"):
        settings()


@pytest.mark.parametrize("stage", ["local", "sandbox"])
def test_faults_can_be_planned_for_trials(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("STAGE", stage)
    monkeypatch.setenv("FAULT_PLAN", "{}")
    assert settings().fault_plan == "{}"
