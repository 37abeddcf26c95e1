from one import run
from two import run

run()
