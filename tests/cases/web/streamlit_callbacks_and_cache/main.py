import streamlit as st


@st.cache_resource
def load_model(name):
    return Model(name)


class Model:
    def __init__(self, name):
        self.name = name

    def predict(self, x):
        return self.name * x


def reset():
    st.session_state.clear()


def sidebar():
    st.sidebar.button("reset", on_click=reset)
    return st.sidebar.slider("x", 0, 10)


def page():
    x = sidebar()
    model = load_model("m")
    if st.button("predict"):
        st.write(model.predict(x))


page()
