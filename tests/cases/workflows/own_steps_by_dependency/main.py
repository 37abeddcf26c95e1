from engine import Flow

flow = Flow()


@flow.step()
def load():
    return [1, 2]


@flow.step("load")
def train(rows):
    return fit(rows)


def fit(rows):
    return len(rows)


def main():
    return flow.run()


main()
