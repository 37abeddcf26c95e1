CONFIG = {"steps": ["clean", "scale"]}


class Pipeline:
    def __init__(self, config):
        self.config = config

    def run(self):
        for name in self.config["steps"]:
            getattr(self, name)()

    def clean(self):
        pass

    def scale(self):
        pass

    def unused(self):
        pass


Pipeline(CONFIG).run()
