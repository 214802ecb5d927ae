"""A stand-in for the Real Estate API: a real HTTP server with the vendor's documented shapes."""

from tools.stub_real_estate.answers import Property
from tools.stub_real_estate.server import Scripted, StubRealEstate, stub_real_estate

__all__ = ["Property", "Scripted", "StubRealEstate", "stub_real_estate"]
