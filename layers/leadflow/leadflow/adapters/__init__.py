"""The outside world, behind the ports of `leadflow.application.ports`."""
