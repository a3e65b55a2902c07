def from_keras_hub(backbone):
    raise ValueError
