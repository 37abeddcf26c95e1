class Worker:
    def work(self):
        pass


def start():
    Worker().work()
