from joblib import Parallel, delayed


def featurise(path):
    return read(path)


def read(path):
    return path


def run(paths):
    return Parallel(n_jobs=1)(delayed(featurise)(path) for path in paths)


run(["a", "b"])
