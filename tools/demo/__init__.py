"""The demo: a tenant of its own, configured and used over HTTP alone, and checked to the cent."""
