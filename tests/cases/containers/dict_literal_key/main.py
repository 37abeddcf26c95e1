def train():
    pass


def predict():
    pass


COMMANDS = {"train": train, "predict": predict}
COMMANDS["train"]()
