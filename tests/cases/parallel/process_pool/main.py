from multiprocessing import Pool


def init(seed):
    pass


def square(x):
    return multiply(x, x)


def multiply(x, y):
    return x * y


def collect(result):
    pass


def run():
    with Pool(2, initializer=init, initargs=(1,)) as pool:
        pool.map(square, [1, 2])
        pool.starmap(multiply, [(1, 2)])
        pool.apply_async(square, (3,), callback=collect).get()


if __name__ == "__main__":
    run()
