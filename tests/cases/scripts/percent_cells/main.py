# %% [markdown]
# # Load

# %%
def load():
    return [1, 2]


rows = load()

# %%
def plot(rows):
    return summarise(rows)


def summarise(rows):
    return sum(rows)


plot(rows)
