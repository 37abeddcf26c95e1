from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial


def load(root, name):
    return root + name


def done(future):
    print(future.result())


def slow(x):
    return compute(x)


def compute(x):
    return x * x


def main():
    with ThreadPoolExecutor(max_workers=2) as pool:
        names = list(pool.map(partial(load, "/data/"), ["a", "b"]))
        futures = {pool.submit(slow, i): i for i in range(2)}
        for future in as_completed(futures):
            future.add_done_callback(done)
    return names


main()
