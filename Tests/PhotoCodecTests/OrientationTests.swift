import PNGCodec
import PhotoCodec
import Testing
