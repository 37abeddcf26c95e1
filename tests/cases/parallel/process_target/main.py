import threading
from multiprocessing import Process


def work(queue):
    step(queue)


def step(queue):
    pass


def watch():
    pass


class Worker(threading.Thread):
    def run(self):
        step(None)


def main():
    process = Process(target=work, args=([],))
    process.start()
    process.join()
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    worker = Worker()
    worker.start()
    worker.join()


if __name__ == "__main__":
    main()
