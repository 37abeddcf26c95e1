import io

import pandas as pd


def drop(df):
    return df.dropna()


def rename(df):
    return df.rename(columns=str.upper)


CLEANERS = [drop, rename]


def clean(df):
    for cleaner in CLEANERS:
        df = df.pipe(cleaner)
    return df


def read(handle):
    parts = [clean(chunk) for chunk in pd.read_csv(handle, chunksize=2)]
    return pd.concat(parts)


read(io.StringIO("a,b\n1,2\n3,4\n5,6\n"))
