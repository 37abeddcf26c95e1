def run(context):
    return context
