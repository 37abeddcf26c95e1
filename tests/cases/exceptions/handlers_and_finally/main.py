def work():
    raise ValueError("x")


def on_error():
    pass


def on_success():
    pass


def cleanup():
    pass


try:
    work()
except ValueError:
    on_error()
else:
    on_success()
finally:
    cleanup()
