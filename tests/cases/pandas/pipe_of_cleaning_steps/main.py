import pandas as pd


def normal(name):
    return name.strip().lower()


def lower_names(frame):
    return frame.rename(columns={c: normal(c) for c in frame.columns})


def drop_empty(frame):
    return frame.dropna(how="all")


def with_dates(frame, column):
    frame[column] = pd.to_datetime(frame[column])
    return frame


STEPS = [lower_names, drop_empty]


def clean(frame):
    for step in STEPS:
        frame = frame.pipe(step)
    return frame.pipe(with_dates, column="day")


clean(pd.DataFrame())
