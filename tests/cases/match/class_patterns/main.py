from dataclasses import dataclass


@dataclass
class Load:
    path: str

    def open(self):
        pass


@dataclass
class Save:
    path: str

    def write(self):
        pass


def handle(event):
    match event:
        case Load(path=p):
            event.open()
        case Save() as save:
            save.write()


handle(Load("a"))
handle(Save("b"))
