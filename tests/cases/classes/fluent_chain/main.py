class Query:
    def where(self, x):
        return self

    def limit(self, n):
        return self

    def all(self):
        return []


Query().where(1).limit(2).all()
