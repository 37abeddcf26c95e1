class Server:
    def __init__(self):
        self.handlers = {"predict": self.on_predict, "health": self.on_health}
        self.fallback = self.on_unknown

    def on_predict(self, body):
        return self.score(body)

    def on_health(self, body):
        return "ok"

    def on_unknown(self, body):
        return "?"

    def score(self, body):
        return body

    def handle(self, kind, body=None):
        return self.handlers.get(kind, self.fallback)(body)


class Quiet(Server):
    def on_health(self, body):
        return ""


def main():
    for server in [Server(), Quiet()]:
        server.handle("predict", 1)
        server.handle("health")
        server.handle("x")


main()
