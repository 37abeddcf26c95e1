import dask
import dask.dataframe as dd
import pandas as pd


@dask.delayed
def load(path):
    return parse(path)


def parse(path):
    return path


def combine(parts):
    return parts


def normalise(partition):
    return partition


def run(paths):
    parts = [load(path) for path in paths]
    whole = dask.delayed(combine)(parts)
    frame = dd.from_pandas(pd.DataFrame({"x": [1, 2]}), npartitions=1).map_partitions(normalise)
    return whole.compute(), frame.compute()


run(["a"])
