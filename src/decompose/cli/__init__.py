"""The command line: each command parses its options, calls one function of `api`, and prints."""
