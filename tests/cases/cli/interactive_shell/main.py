import cmd


class Shell(cmd.Cmd):
    prompt = "> "

    def __init__(self, model):
        super().__init__()
        self.model = model

    def do_predict(self, line):
        print(self.model.predict(line))

    def do_quit(self, line):
        return self.close()

    def close(self):
        return True

    def help_predict(self):
        print("predict TEXT")


class Model:
    def predict(self, text):
        return text


def main():
    shell = Shell(Model())
    shell.onecmd("predict a")
    shell.onecmd("quit")


main()
