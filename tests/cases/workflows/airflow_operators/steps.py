def train():
    return fit()


def fit():
    return 1
