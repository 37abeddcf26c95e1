from ray import serve


def load(path):
    return path


@serve.deployment
class Model:
    def __init__(self, path):
        self.model = load(path)


entry = Model.bind("m.bin")
serve.run(entry)
