import csv
import io


def read(text):
    return [parse(row) for row in csv.DictReader(io.StringIO(text))]


def parse(row):
    return {key: number(value) for key, value in row.items()}


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


rows = read("a,b\n1,2\n")
columns = {key: [row[key] for row in rows] for key in rows[0]}


def mean(values):
    return sum(values) / len(values)


stats = {key: mean(values) for key, values in columns.items()}
best = max(stats, key=lambda key: stats[key])
print(f"{best}: {stats[best]}")
