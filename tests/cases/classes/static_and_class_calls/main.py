class Math:
    @staticmethod
    def add(a, b):
        return a + b

    @classmethod
    def name(cls):
        return cls.__name__

    def both(self):
        self.add(1, 2)
        return self.name()


Math.add(1, 2)
Math.name()
Math().both()
