"""Bytes to numbers and back, as a spec says; no input, no output, no clock."""

from insole.codec.block import Block, Decoded, decode_block, decode_channels
from insole.codec.decoder import Decoder
from insole.codec.dialect import Frame
from insole.codec.encoder import Encoder

__all__ = ["Block", "Decoded", "Decoder", "Encoder", "Frame", "decode_block", "decode_channels"]
