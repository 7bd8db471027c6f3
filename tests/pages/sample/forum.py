def make(heap):
    pass
