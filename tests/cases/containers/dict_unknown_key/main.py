import sys


def train():
    pass


def predict():
    pass


COMMANDS = {"train": train, "predict": predict}
COMMANDS[sys.argv[1]]()
