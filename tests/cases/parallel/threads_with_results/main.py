from concurrent.futures import ThreadPoolExecutor, as_completed


class Page:
    def __init__(self, text):
        self.text = text

    def words(self):
        return self.text.split()


def fetch(url):
    return Page(url)


def gather(urls):
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(fetch, url) for url in urls]
        return [future.result().words() for future in as_completed(futures)]


gather(["a b"])
