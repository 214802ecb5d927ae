"""A function that makes as many calls to AWS as a sale makes, and nothing else."""
