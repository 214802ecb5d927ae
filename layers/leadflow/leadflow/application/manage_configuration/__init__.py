"""Configuration: one mechanism for all plain resources, one module for each of them."""
