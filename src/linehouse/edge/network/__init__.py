"""The network's formats and protocols: codecs (bytes to values, pure), mappings, servers and clients."""
