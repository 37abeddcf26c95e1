def build_cnn(size):
    return layer(size)


def build_mlp(size):
    return [size]


def layer(size):
    return size


def train_unrelated(size):
    return None


def build(kind, size):
    return globals()[f"build_{kind}"](size)


build("cnn", 3)
build("mlp", 3)
