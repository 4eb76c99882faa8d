def colour():
    with open("/usr/share/colours/list") as colours:
        return next(colours).strip()
