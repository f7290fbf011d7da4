"""Bytes to numbers and back, as a spec says; no input, no output, no clock."""

from insole.codec.block import Block, Decoded, decode_block
from insole.codec.decoder import Decoder, Frame
from insole.codec.encoder import Encoder

__all__ = ["Block", "Decoded", "Decoder", "Encoder", "Frame", "decode_block"]
