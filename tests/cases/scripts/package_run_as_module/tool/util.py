def banner():
    print("tool")
