def run(context):
    context["rows"] = read()
    return context


def read():
    return [1]
