from multiprocessing.pool import ThreadPool


def work(x):
    return x + 1


def collect(value):
    store(value)


def store(value):
    print(value)


def failed(error):
    print(error)


def unused(value):
    return value


class Runner:
    def __init__(self, n):
        self.pool = ThreadPool(n)

    def run(self, items):
        for item in items:
            self.pool.apply_async(work, (item,), callback=collect, error_callback=failed)
        self.pool.close()
        self.pool.join()


Runner(2).run([1, 2])
