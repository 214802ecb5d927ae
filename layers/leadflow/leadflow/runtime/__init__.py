"""What Lambda handlers share: settings, observability, the container and the entrypoint."""
