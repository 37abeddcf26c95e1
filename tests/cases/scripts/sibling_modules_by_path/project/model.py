class Model:
    def fit(self, rows):
        for row in rows:
            self._update(row)

    def _update(self, row):
        self.last = row
