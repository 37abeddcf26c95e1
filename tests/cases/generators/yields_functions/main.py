def clean():
    pass


def train():
    pass


def steps():
    yield clean
    yield train


def run():
    for step in steps():
        step()


run()
