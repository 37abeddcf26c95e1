from .decoder import Decoder
from .encoder import Encoder
from .seq2seq import Seq2Seq, build

__all__ = ["Decoder", "Encoder", "Seq2Seq", "build"]
