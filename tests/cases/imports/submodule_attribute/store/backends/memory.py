class Memory:
    def put(self, item):
        pass
