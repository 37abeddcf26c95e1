from facade import run
from package import Worker

run()
Worker().work()
