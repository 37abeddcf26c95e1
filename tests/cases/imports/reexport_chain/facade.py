from package import start as run
