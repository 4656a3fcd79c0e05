"""What the desktop app does, without a window: one thread that watches, calibrates, coaches, tells and keeps.

mailbox = Mailbox(notify)                     # notify: "something is there", called in the engine's thread
engine = Engine(load_settings(), mailbox)
engine.start()
engine.pause(until)                           # ask from any thread (`posturecam.session.protocol.client`)
snapshot, happened = mailbox.take()           # frozen values (`posturecam.session.protocol.messages`)
engine.quit()
"""
