def report():
    print("done")


eval("report()")
