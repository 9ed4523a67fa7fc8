"""The pages for people: rendered on the server, kept fresh by a stream that says when to look again.

They show what `app.web.views` made, and change nothing: what a button does is in `app.web.acts`. Everything here is
behind the guard but the files of `static`, which say nothing about anybody.
"""
