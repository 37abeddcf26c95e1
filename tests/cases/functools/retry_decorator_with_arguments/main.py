import functools
import time


def retry(times=3, on_error=None):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except OSError as error:
                    if on_error:
                        on_error(error)
                    time.sleep(attempt)

        return wrapper

    return decorate


def report(error):
    print(error)


@retry(times=2, on_error=report)
def download(url):
    return fetch(url)


def fetch(url):
    return url


@retry()
def upload(url):
    return url


download("a")
upload("b")
