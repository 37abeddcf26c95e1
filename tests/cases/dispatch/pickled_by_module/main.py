from server import answer
from trainer import train

train("model.pkl")
answer("model.pkl", 2)
