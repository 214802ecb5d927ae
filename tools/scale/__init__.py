"""Capacity on paper: published limits, what a lead costs of each, and small simulations."""
