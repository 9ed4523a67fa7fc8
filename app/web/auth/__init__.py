"""Who may come in: the sessions and tokens that the guard asks for, and the two roads to a session.

On this machine a link that works once, elsewhere GitHub's word for who somebody is and what they may see. It keeps
no password, no token of GitHub, and of its own secrets only digests.
"""
