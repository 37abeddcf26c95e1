def drop():
    pass


class Handle:
    @property
    def file(self):
        return None

    @file.deleter
    def file(self):
        drop()


h = Handle()
del h.file
