from dataclasses import dataclass


class Reader:
    def read(self):
        return []


class Writer:
    def write(self, rows):
        pass


@dataclass
class Stage:
    reader: Reader
    writer: Writer

    def run(self):
        self.writer.write(self.reader.read())


Stage(Reader(), writer=Writer()).run()
