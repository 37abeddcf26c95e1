def rmse(x):
    return x


def mae(x):
    return x


METRICS = {"rmse": rmse, "mae": mae}
results = {}
for name, metric in METRICS.items():
    results[name] = metric(1)
