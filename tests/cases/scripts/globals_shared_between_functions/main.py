import sys

MODEL = None


class Net:
    def __init__(self, path):
        self.path = path

    def __call__(self, x):
        return self.infer(x)

    def infer(self, x):
        return x


def load(path):
    global MODEL
    if MODEL is None:
        MODEL = Net(path)
    return MODEL


def predict(x):
    load("m")
    return MODEL(x)


def main(argv):
    for value in argv or [1]:
        print(predict(value))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
