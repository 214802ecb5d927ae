"""Response bodies: exactly the members of the HTTP contract, made from domain objects."""
