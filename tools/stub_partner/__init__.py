"""A partner for tests and the demo: a real HTTP server that behaves as it is told."""

from tools.stub_partner.behaviours import Act, Behaviour
from tools.stub_partner.calls import ReceivedCall
from tools.stub_partner.threaded import StubPartner, stub_partner

__all__ = ["Act", "Behaviour", "ReceivedCall", "StubPartner", "stub_partner"]
