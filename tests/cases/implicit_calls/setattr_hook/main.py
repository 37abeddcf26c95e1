def known(port):
    return int(port)


class Url:
    def __init__(self, host):
        self.host = host

    def __setattr__(self, name, value):
        self.check(name)
        object.__setattr__(self, name, value)

    def check(self, name):
        assert name

    @property
    def port(self):
        return known(self._port)

    @port.setter
    def port(self, value):
        self.__dict__["_port"] = known(value)

    def __str__(self):
        return f"{self.host}:{self.port}"


url = Url("a")
url.port = "80"
print(str(url))
