"""Is every grant of the template needed? What roles may do is compared with what they have done."""
