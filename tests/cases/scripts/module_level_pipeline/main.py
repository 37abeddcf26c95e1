import features
from model import Model

rows = features.build(["a", "b"])
model = Model()
for row in rows:
    model.update(row)
if model.ready:
    model.save("out")
