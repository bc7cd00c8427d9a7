"""The pretend host is tried as what it is: a running program."""
