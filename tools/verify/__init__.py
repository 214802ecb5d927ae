"""Judge a stack by what its tables hold: each promise of the contract is kept, or is not."""
