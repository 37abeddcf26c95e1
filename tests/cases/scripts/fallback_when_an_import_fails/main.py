import atexit
import signal

try:
    from fastjson_missing import dumps
except ImportError:

    def dumps(value):
        return encode(value)


def encode(value):
    return repr(value)


def cleanup():
    print("bye")


def on_term(number, frame):
    stop()


def stop():
    raise SystemExit


def main():
    atexit.register(cleanup)
    signal.signal(signal.SIGTERM, on_term)
    print(dumps({"a": 1}))


main()
