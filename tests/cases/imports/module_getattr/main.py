import lazy

lazy.heavy()
