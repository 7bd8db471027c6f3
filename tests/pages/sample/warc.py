"""WARC records as a crawler writes them; identifiers are derived from what they identify."""

import io
import uuid

from sample.heap import gzipped
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

__all__ = ["Crawl"]

HTML = "text/html; charset=utf-8"


class Crawl:
    """A WARC file in the making."""

    def __init__(self) -> None:
        self._records: list[bytes] = []
        self._digests: dict[str, str] = {}

    def info(self, date: str, **facts: str) -> None:
        """The file's first record."""
        payload = "".join(f"{name}: {value}\r\n" for name, value in facts.items()).encode()
        self._write("warcinfo", None, date, payload, content_type="application/warc-fields")

    def response(
        self, url: str, date: str, body: bytes, kind: str = HTML, status: str = "200 OK", **more: str
    ) -> None:
        """A request and what the server answered."""
        self.request(url, date)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        headers += [(name.replace("_", "-"), value) for name, value in more.items()]
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        self._write("response", url, date, body, http=http)

    def request(self, url: str, date: str) -> None:
        """What the crawler asked."""
        host, _, path = url.partition("//")[2].partition("/")
        headers = [("Host", host), ("User-Agent", "harbour-crawler/1.0"), ("Accept", "text/html")]
        http = StatusAndHeaders(f"GET /{path} HTTP/1.1", headers, is_http_request=True)
        self._write("request", url, date, b"", http=http)

    def revisit(self, url: str, date: str, earlier: str) -> None:
        """The server gave the same bytes as at an earlier date."""
        self.request(url, date)
        http = StatusAndHeaders("200 OK", [("Content-Type", HTML)], protocol="HTTP/1.1")
        self._write(
            "revisit", url, date, b"", http=http,
            WARC_Profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
            WARC_Refers_To_Target_URI=url, WARC_Refers_To_Date=earlier, WARC_Payload_Digest=self._digests[url],
        )  # fmt: skip

    def resource(self, url: str, date: str, body: bytes, kind: str) -> None:
        """Something that was read without HTTP."""
        self._write("resource", url, date, body, content_type=kind)

    def conversion(self, url: str, date: str, text: str) -> None:
        """The text that somebody else made of a page (WET)."""
        self._write("conversion", url, date, text.encode(), content_type="text/plain")

    def plain(self) -> bytes:
        """The file so far."""
        return b"".join(self._records)

    def compressed(self) -> bytes:
        """The same, each record a gzip member."""
        return b"".join(map(gzipped, self._records))

    def _write(
        self,
        kind: str,
        url: str | None,
        date: str,
        payload: bytes,
        http: StatusAndHeaders | None = None,
        content_type: str | None = None,
        **more: str,
    ) -> None:
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {url} {date}")
        headers = {"WARC-Record-ID": f"<urn:uuid:{identity}>", "WARC-Date": date}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        plain = io.BytesIO()
        writer = WARCWriter(plain, gzip=False)
        record = writer.create_warc_record(
            url or "",
            kind,
            payload=io.BytesIO(payload),
            length=len(payload),
            http_headers=http,
            warc_headers_dict=headers,
            warc_content_type=content_type or "",
        )
        writer.write_record(record)
        if kind == "response":
            self._digests[str(url)] = record.rec_headers.get_header("WARC-Payload-Digest")
        self._records.append(plain.getvalue())
