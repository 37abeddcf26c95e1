import service


def fake():
    return 0


service.fetch = fake
service.run()
