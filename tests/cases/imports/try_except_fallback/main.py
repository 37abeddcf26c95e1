try:
    from fast import encode
except ImportError:
    from slow import encode

encode("x")
