def lower(x):
    return x


def strip(x):
    return x


STEPS = [lower, strip]

results = [step("a") for step in STEPS]
