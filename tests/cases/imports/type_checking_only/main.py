from model import Model
from use import apply

apply(Model())
