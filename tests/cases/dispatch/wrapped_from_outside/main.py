import service

_send = service.Client.send
_now = service.now


def logged_send(self, text):
    note(text)
    return _send(self, text)


def fixed_now():
    return _now() + 1


def note(text):
    print(text)


service.Client.send = logged_send
service.now = fixed_now


def main():
    service.Client().send("a")
    return service.stamp()


main()
