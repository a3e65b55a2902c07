"""The command line: `keras-gt list | info | download | verify | evaluate | predict | train`.

`import keras_gt.cli` and the commands that only look things up need no Keras.
"""

from keras_gt.cli.command_line import main as main
