"""Routes of functions that answer for several resources, by resource."""
