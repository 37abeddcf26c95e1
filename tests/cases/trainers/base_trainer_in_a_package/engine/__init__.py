from .base import BaseTrainer
from .classify import ClassifierTrainer
