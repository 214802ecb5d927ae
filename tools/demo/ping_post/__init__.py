"""The second act of the demo: partners, ping-post both ways, and every method of the plan."""
