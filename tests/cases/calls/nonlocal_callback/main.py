def start():
    pass


def stop():
    pass


def machine():
    action = start

    def flip():
        nonlocal action
        action = stop

    action()
    flip()
    action()


machine()
