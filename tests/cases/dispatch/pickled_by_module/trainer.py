import pickle

from model import Model


def train(path):
    with open(path, "wb") as file:
        pickle.dump(Model(3), file)
