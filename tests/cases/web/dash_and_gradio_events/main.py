import gradio as gr


class Model:
    def __init__(self):
        self.weights = [1]

    def predict(self, text):
        return tokens(text)


def tokens(text):
    return text.split()


model = Model()


def classify(text):
    return model.predict(text)


def clear():
    return ""


def build():
    with gr.Blocks() as demo:
        box = gr.Textbox()
        out = gr.Label()
        go = gr.Button("go")
        go.click(fn=classify, inputs=box, outputs=out)
        box.change(lambda text: clear(), box, out)
    return demo


if __name__ == "__main__":
    build().launch()
