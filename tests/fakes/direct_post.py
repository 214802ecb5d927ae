"""The direct post with everything behind it in memory."""

from dataclasses import replace

from leadflow.adapters.webhook_signatures import StandardSignatures
from leadflow.application.configuration_ports import SETTINGS_SECRETS
from leadflow.application.direct_post import DirectPost
from leadflow.application.signed_messages import Messenger
from leadflow.application.switch_off_direct_post import SwitchOffDirectPost
from leadflow.domain.configuration import Configuration
from leadflow.domain.settings import DirectPostSettings
from leadflow.domain.signing_secrets import first_secret, signing_secret
from tests.builders import configuration
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.configuration_store import MemoryConfigurationStore
from tests.fakes.ids import CountingIds
from tests.fakes.outbound import ScriptedOutbound
from tests.fakes.secrets import MemorySecrets

URL = "https://receiver.example.com/leads"
SECRET = signing_secret("a long random text, long enough")


def posting(**settings: object) -> Configuration:
    """A tenant whose direct post is switched on."""
    base = configuration()
    members = {"enabled": True, "url": URL, **settings}
    on = DirectPostSettings.model_validate(members)
    return replace(base, settings=base.settings.model_copy(update={"direct_post": on}))


def direct_post(
    configured: Configuration | None = None,
    outbound: ScriptedOutbound | None = None,
    store: MemoryConfigurationStore | None = None,
) -> DirectPost:
    """The action; off unless the configuration says otherwise."""
    start = configured or configuration()
    switch_off = SwitchOffDirectPost(
        store=store or MemoryConfigurationStore(start), clock=FixedClock(), ids=CountingIds()
    )
    return DirectPost(
        configuration=FixedConfiguration(start),
        switch_off=switch_off,
        secrets=MemorySecrets({SETTINGS_SECRETS: first_secret(SECRET)}),
        messenger=messenger(outbound),
        clock=FixedClock(),
    )


def messenger(outbound: ScriptedOutbound | None = None) -> Messenger:
    """What signs and sends."""
    return Messenger(
        outbound=outbound or ScriptedOutbound(),
        signatures=StandardSignatures(),
        clock=FixedClock(),
    )
