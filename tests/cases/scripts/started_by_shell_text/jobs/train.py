def fit():
    return loss()


def loss():
    return 0


if __name__ == "__main__":
    fit()
