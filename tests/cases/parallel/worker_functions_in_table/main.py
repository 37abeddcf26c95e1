from concurrent.futures import ProcessPoolExecutor


def resize(path):
    return save(path)


def rotate(path):
    return path


def save(path):
    return path


JOBS = {"resize": resize, "rotate": rotate}


def run(task):
    name, path = task
    return JOBS[name](path)


def init(level):
    print(level)


def main():
    tasks = [("resize", "a"), ("rotate", "b")]
    with ProcessPoolExecutor(2, initializer=init, initargs=(1,)) as pool:
        return list(pool.map(run, tasks))


if __name__ == "__main__":
    main()
