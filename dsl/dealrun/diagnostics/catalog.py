"""placeholder filled below"""
CATALOG = {}
