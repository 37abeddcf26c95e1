def quiet():
    pass


def loud():
    pass


handler = quiet


def configure():
    global handler
    handler = loud


def emit():
    handler()


emit()
configure()
emit()
