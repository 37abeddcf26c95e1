def on_done():
    pass


class Job:
    callback = None

    def run(self):
        if self.callback:
            self.callback()


job = Job()
job.callback = on_done
job.run()
