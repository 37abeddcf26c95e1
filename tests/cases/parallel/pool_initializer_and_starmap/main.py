from multiprocessing import Pool

_STATE = {}


def connect(url):
    _STATE["url"] = url


def distance(a, b):
    return abs(a - b)


def score(a, b):
    return distance(a, b)


def run(pairs):
    with Pool(2, initializer=connect, initargs=("db",)) as pool:
        return pool.starmap(score, pairs)


if __name__ == "__main__":
    run([(1, 2)])
