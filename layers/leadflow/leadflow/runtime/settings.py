"""The environment of a function, checked once at its first use. Nothing else reads it."""

import os
from functools import cache

from pydantic import BaseModel, ConfigDict, model_validator

_TRIAL_STAGES = frozenset({"local", "sandbox"})


class Settings(BaseModel):
    """Names of what the stack made for its functions. A function gets only what it uses."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    aws_region: str
    stage: str = "local"
    leads_table: str = ""
    wallets_table: str = ""
    configuration_table: str = ""
    flows_table: str = ""
    marketplace_table: str = ""
    deliveries_table: str = ""
    idempotency_table: str = ""
    distribution_state_machine_arn: str = ""
    reprocess_state_machine_arn: str = ""
    export_state_machine_arn: str = ""
    recalculation_state_machine_arn: str = ""
    import_state_machine_arn: str = ""
    erasure_state_machine_arn: str = ""
    files_bucket: str = ""
    withheld_queue_url: str = ""
    withheld_dead_letters_url: str = ""
    event_bus_name: str = ""
    failed_facts_url: str = ""
    outbox_queue_url: str = ""
    slow_outbox_queue_url: str = ""
    exchange_secrets_key: str = ""
    webhook_secrets_key: str = ""
    aws_endpoint_url: str | None = None
    allow_loopback_partners: bool = False
    aws_lambda_log_stream_name: str = ""
    fault_plan: str = ""
    """What is to be done to calls to AWS, as JSON (`adapters/faults.py`); for trials only."""

    @model_validator(mode="after")
    def _faults_are_for_trials(self) -> "Settings":
        """Whoever does not say that the stage is one of trials is in production."""
        is_trial = "stage" in self.model_fields_set and self.stage in _TRIAL_STAGES
        if self.fault_plan and not is_trial:
            raise ValueError("FAULT_PLAN: only the stages local and sandbox may plan faults")
        return self


@cache
def settings() -> Settings:
    """The settings of this process."""
    known = {name: os.environ.get(name.upper()) for name in Settings.model_fields}
    return Settings.model_validate({name: value for name, value in known.items() if value})
