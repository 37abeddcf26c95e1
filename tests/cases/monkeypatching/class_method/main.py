class Client:
    def send(self):
        return 1


def quiet_send(self):
    return 0


Client.send = quiet_send
Client().send()
