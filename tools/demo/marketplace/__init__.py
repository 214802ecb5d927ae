"""The fourth act: an auction that ends by buy order, an import, and two sources for a demand."""
