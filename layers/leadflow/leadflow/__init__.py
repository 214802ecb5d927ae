"""Leadflow: an open, serverless lead-distribution platform."""
