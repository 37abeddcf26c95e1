class Base:
    def save(self):
        return "base"


class Versioned:
    def save(self):
        self.bump()
        return super().save()

    def bump(self):
        pass


class Logged:
    def save(self):
        log()
        return super().save()


def log():
    pass


class Store(Logged, Versioned, Base):
    pass


Store().save()
