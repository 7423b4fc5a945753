"""What the tests' SMTP server does beyond keeping mails: it refuses, once or for good, and loses an answer."""

from aiosmtpd.handlers import Mailbox


class PickyMailbox(Mailbox):
    def __init__(self, mail_dir, message_class=None):
        super().__init__(mail_dir, message_class)
        self.seen = set()

    def first(self, address):
        is_first = address not in self.seen
        self.seen.add(address)
        return is_first

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@") and self.first(address):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        if any(to.startswith("lost@") and self.first(to) for to in envelope.rcpt_tos):
            server.transport.close()
        return answer
