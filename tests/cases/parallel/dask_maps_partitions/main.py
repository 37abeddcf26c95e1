import dask
import dask.bag as db


def parse(line):
    return line.split()


def keep(parts):
    return bool(parts)


@dask.delayed
def load(path):
    return path


@dask.delayed
def join(parts):
    return merge(parts)


def merge(parts):
    return "".join(parts)


def main():
    bag = db.from_sequence(["a b", "c"], npartitions=1).map(parse).filter(keep)
    bag.compute(scheduler="synchronous")
    return join([load(p) for p in "ab"]).compute(scheduler="synchronous")


main()
