import keras


class Batches(keras.utils.PyDataset):
    def __init__(self, rows):
        super().__init__()
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return augment(self.rows[index])

    def on_epoch_end(self):
        pass


def augment(row):
    return row, keras.ops.ones((2, 1))


model = keras.Sequential([keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(Batches([keras.ops.ones((2, 3))]))
