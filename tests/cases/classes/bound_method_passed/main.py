class Sink:
    def write(self, item):
        pass


def each(items, function):
    for item in items:
        function(item)


sink = Sink()
each([1], sink.write)
