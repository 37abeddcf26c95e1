METHOD = "start"


class Server:
    def start(self):
        pass

    def stop(self):
        pass


def call(server):
    return getattr(server, METHOD)()


call(Server())
