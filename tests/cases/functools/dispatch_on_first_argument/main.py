from functools import singledispatch


class Csv:
    pass


class Parquet:
    pass


class Strange:
    pass


@singledispatch
def read(source):
    raise TypeError(source)


@read.register(Csv)
def _csv(source):
    return rows(source)


@read.register
def _parquet(source: Parquet):
    return []


def rows(source):
    return [source]


def main():
    read(Csv())
    return read(Parquet())


main()
