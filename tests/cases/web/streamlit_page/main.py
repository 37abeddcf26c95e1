import streamlit as st


@st.cache_resource
def load_model():
    return Model()


class Model:
    def predict(self, text):
        return len(text)


def reset():
    clear()


def clear():
    pass


def show(model):
    text = st.text_input("Text")
    st.button("Reset", on_click=reset)
    st.write(model.predict(text))


show(load_model())
