from pkg.core import run

run()
