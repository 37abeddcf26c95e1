def fit():
    pass


def score():
    pass


def save():
    pass


for name, function in zip(["fit"], [fit]):
    function()
for index, function in enumerate([score]):
    function()
for function in reversed([save]):
    function()
