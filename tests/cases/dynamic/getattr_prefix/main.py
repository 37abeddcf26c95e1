import sys


class Handler:
    def handle(self, kind):
        method = getattr(self, f"on_{kind}")
        return method()

    def on_start(self):
        pass

    def on_stop(self):
        pass

    def other(self):
        pass


Handler().handle(sys.argv[1])
