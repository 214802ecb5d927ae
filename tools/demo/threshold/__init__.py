"""The third act: a subscription's threshold, and the leads that wait behind it."""
