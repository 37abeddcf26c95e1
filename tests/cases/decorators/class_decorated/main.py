def tag(cls):
    cls.tagged = True
    return cls


@tag
class Plugin:
    def __init__(self):
        pass

    def run(self):
        pass


Plugin().run()
