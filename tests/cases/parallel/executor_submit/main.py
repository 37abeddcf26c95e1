from concurrent.futures import ThreadPoolExecutor, as_completed


class Part:
    def __init__(self, n):
        self.n = n

    def merge(self):
        return self.n


def train(n):
    return Part(n)


def download(url):
    return url


def finished(future):
    pass


def run():
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(train, n) for n in range(2)]
        for future in as_completed(futures):
            future.result().merge()
        futures[0].add_done_callback(finished)
        return list(pool.map(download, ["a"]))


run()
