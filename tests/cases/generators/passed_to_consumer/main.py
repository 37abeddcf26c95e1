def produce():
    yield 1


def consume(stream):
    for item in stream:
        handle(item)


def handle(item):
    pass


def run():
    stream = produce()
    consume(stream)


run()
