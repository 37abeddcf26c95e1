from wrappers import MODELS


def run(name, X, y):
    model = MODELS[name]()
    model.fit(X, y)
    return model.predict(X)


def main():
    for name in ("xgb", "cat"):
        run(name, [[1]], [1])


if __name__ == "__main__":
    main()
