"""The consumer that anybody would write in an afternoon, for the benchmark to compare with.

Reads incidents from Kafka, looks each child up in a dict made of the register's file, stores incident and
notification in PostgreSQL, mails the setting inside the same transaction, commits, then commits its position.

It leaves out what the service does: refusals and marks, versions, sealing, the audit log, lifecycle events, due times
and plans, leases and retries, portal and desk. A crash between mail and commit sends the mail again.
"""

import argparse
import asyncio
import csv
import json
import signal
from email.message import EmailMessage
from email.utils import formatdate

import aiosmtplib
import psycopg
from confluent_kafka import Consumer

# How long a batch is collected at most before what has come is worked on.
BATCH_WAIT_SECONDS = 0.1

# Messages for each transaction, and SMTP sessions.
MODES = {"message": (1, 1), "batch": (100, 1), "sessions": (100, 10)}

SCHEMA = """
CREATE TABLE IF NOT EXISTS incident (
    force TEXT, reference TEXT, body JSONB NOT NULL, PRIMARY KEY (force, reference));
CREATE TABLE IF NOT EXISTS notification (
    force TEXT, reference TEXT, child_ref TEXT, setting TEXT NOT NULL, address TEXT NOT NULL,
    PRIMARY KEY (force, reference, child_ref));
"""
INSERT_INCIDENT = "INSERT INTO incident VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
INSERT_NOTIFICATION = "INSERT INTO notification VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=MODES)
    for name in ("brokers", "topic", "database", "register", "contacts", "smtp-port"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def read_settings(register, contacts):
    """The setting of each child by names and birth date, and the address of each setting."""
    with open(register, encoding="utf-8", newline="") as rows:
        setting_of = {
            (row["given_names"], row["family_name"], row["birth_date"]): row["setting_identifier"]
            for row in csv.DictReader(rows)
        }
    with open(contacts, encoding="utf-8", newline="") as rows:
        address_of = {row["setting_identifier"]: row["address"] for row in csv.DictReader(rows)}
    return setting_of, address_of


def match(incident, setting_of, address_of):
    """One row for each child that the register has."""
    for child in incident["children"]:
        name = child["names"][0]
        setting = setting_of.get((name["given"], name["family"], child["birth_date"]))
        if setting is not None:
            yield (incident["force"], incident["reference"], child["child_ref"], setting, address_of[setting])


def write_mail(notification):
    _force, reference, _child, _setting, address = notification
    mail = EmailMessage()
    mail["From"] = "Plain consumer <plain@bench.example>"
    mail["To"] = address
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{reference}@bench.example>"
    mail["Subject"] = "A notification waits for you"
    mail.set_content("Please sign in to read it: https://portal.bench.example/\n")
    return mail


async def send(session, mails):
    for mail in mails:
        await session.send_message(mail)


async def work(messages, matching, database, sessions):
    incidents = [json.loads(message.value())["data"] for message in messages]
    notifications = [row for incident in incidents for row in match(incident, *matching)]
    with database.transaction(), database.cursor() as cursor:
        rows = [(one["force"], one["reference"], json.dumps(one)) for one in incidents]
        cursor.executemany(INSERT_INCIDENT, rows)
        cursor.executemany(INSERT_NOTIFICATION, notifications)
        mails = [write_mail(notification) for notification in notifications]
        count = len(sessions)
        await asyncio.gather(*(send(session, mails[at::count]) for at, session in enumerate(sessions)))


async def connect(port):
    session = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
    await session.connect()
    return session


async def run(arguments):
    size, session_count = MODES[arguments.mode]
    matching = read_settings(arguments.register, arguments.contacts)
    sessions = [await connect(int(arguments.smtp_port)) for _ in range(session_count)]
    consumer = Consumer(
        {
            "bootstrap.servers": arguments.brokers,
            "group.id": f"plain-{arguments.mode}",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([arguments.topic])
    with psycopg.connect(arguments.database, autocommit=True) as database:
        database.execute(SCHEMA)
        while True:
            messages = consumer.consume(size, BATCH_WAIT_SECONDS)
            messages = [message for message in messages if message.error() is None]
            if messages:
                await work(messages, matching, database, sessions)
                consumer.commit(asynchronous=False)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(run(parse_arguments()))
