from plugins.csv import reader

reader.read()
