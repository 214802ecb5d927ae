"""Pure rules of lead distribution: no I/O, clock, randomness, environment or logging."""
