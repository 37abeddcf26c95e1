from typing import Protocol


class Backend(Protocol):
    def write(self, text: str) -> None: ...

    def close(self) -> None: ...


class Memory:
    def __init__(self):
        self.texts = []

    def write(self, text):
        self.texts.append(text)

    def close(self):
        self.texts.clear()


class Disk:
    def __init__(self, path):
        self.path = path

    def write(self, text):
        self._append(text)

    def _append(self, text):
        return text

    def close(self):
        pass


class Remote:
    def write(self, text):
        raise OSError

    def close(self):
        pass
