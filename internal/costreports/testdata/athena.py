"""Runs queries of Athena over a sample report with SQLite, and the few functions of Athena that SQLite does not have.

Standard input: {"columns": [[name, type], ...], "rows": [[text, ...], ...], "queries": [sql, ...]}
Standard output, for each query: {"columns": [name, ...], "rows": [[value, ...], ...]}
"""
import calendar
import datetime
import json
import sqlite3
import sys

# A timestamp is text, which sorts as time does.
parse = datetime.datetime.fromisoformat


def date_trunc(unit, timestamp):
    return str(parse(timestamp).replace(hour=0, minute=0, second=0, **{"day": {}, "month": {"day": 1}}[unit]))


def last_day_of_month(timestamp):
    at = parse(timestamp)
    return str(at.replace(day=calendar.monthrange(at.year, at.month)[1]).date())


given = json.load(sys.stdin)
db = sqlite3.connect(":memory:")
db.create_function("date_trunc", 2, date_trunc)
db.create_function("last_day_of_month", 1, last_day_of_month)
db.create_function("day", 1, lambda timestamp: parse(timestamp).day)
db.create_function("element_at", 2, lambda tags, key: json.loads(tags).get(key))
columns = ", ".join(name + (" REAL" if kind == "double" else "") for name, kind in given["columns"])
db.execute("ATTACH ':memory:' AS cid_data_export")
db.execute(f"CREATE TABLE cid_data_export.cur2 ({columns})")
db.executemany(f"INSERT INTO cid_data_export.cur2 VALUES ({', '.join('?' * len(given['columns']))})", given["rows"])
results = []
for sql in given["queries"]:
    cursor = db.execute(sql)
    results.append({"columns": [column[0] for column in cursor.description], "rows": cursor.fetchall()})
json.dump(results, sys.stdout)
