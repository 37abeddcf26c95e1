import tools


class Model:
    def fit(self):
        pass


getattr(Model(), "fit")()
getattr(tools, "clean")()
