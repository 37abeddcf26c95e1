def split(df, params):
    return df[: cut(params)], df


def cut(params):
    return params["n"]


def train(rows):
    return len(rows)


def report(model):
    return model
