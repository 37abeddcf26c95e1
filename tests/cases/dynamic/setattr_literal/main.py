def hook():
    pass


class Runner:
    def run(self):
        self.hook()


runner = Runner()
setattr(runner, "hook", hook)
runner.run()
