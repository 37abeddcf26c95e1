import gradio as gr


def classify(image):
    return normalise(image)


def normalise(image):
    return image


def clean():
    return None


def build():
    with gr.Blocks() as page:
        gr.Interface(fn=classify, inputs="image", outputs="label")
        button = gr.Button("Clean")
        button.click(clean)
    return page


build().launch()
