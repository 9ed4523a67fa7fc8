"""What the pages show and do, for programs: JSON under `/api/v1`, described at `/api/openapi.json`.

The guard has let in whoever asks, and `app.web.views` says what they see; nothing is decided here.
"""
