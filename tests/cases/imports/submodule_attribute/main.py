import store.backends.disk
import store.backends.memory

store.backends.disk.open_store()
store.backends.memory.Memory().put(1)
