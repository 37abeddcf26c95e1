from app.sub.leaf import run

run()
