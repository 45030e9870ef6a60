"""A small site like CSTO's, served on loopback and edited while it runs. It imports nothing of the other rooms.

``replica.site.ReplicaSite`` is the site and its edits, ``replica.server.ReplicaServer`` serves it, ``replica.model.Truth`` says
what a reader must find.
"""
