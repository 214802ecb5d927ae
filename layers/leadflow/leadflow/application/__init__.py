"""One module per action: a command in, an outcome out, ports as keyword arguments."""
