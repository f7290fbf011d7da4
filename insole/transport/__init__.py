"""The rim towards devices: links, and several of them as one rig."""
