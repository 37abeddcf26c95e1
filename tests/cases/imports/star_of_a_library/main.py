from PyQt5.QtWidgets import *


def build():
    return QLabel("text")


build()
