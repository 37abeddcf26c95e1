from settings import Settings


def run(settings):
    settings.validate()
    return open(settings.model_path)


run(Settings.load("prod"))
