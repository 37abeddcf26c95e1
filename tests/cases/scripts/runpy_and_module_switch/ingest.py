def load():
    pass


load()
