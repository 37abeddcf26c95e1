def fit(rows):
    return len(rows)
